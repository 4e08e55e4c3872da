import type { DatabaseSync, StatementSync } from "node:sqlite";
import { foldNick } from "../protocol/chat_names.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Account } from "./account.ts";
import { toAccount } from "./account_rows.ts";
import type { Role } from "./rights.ts";
import type { ScramVerifier } from "./scram_keys.ts";

/** An account that is to be added. */
export interface NewAccount {
  /** As `checkAccountName` returns it. */
  readonly name: string;
  readonly role: Role;
  /** The rights as the database has them; `null` for those of the role. */
  readonly rights: string | null;
  readonly verifier: ScramVerifier;
}

/**
 * Changes the accounts, in a transaction of the caller. The same changes, with the same times, lead to the
 * same rows. Methods throw the errors of SQLite.
 */
export class AccountChanges {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #raiseRevision: StatementSync;
  readonly #begin: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#begin = database.prepare("INSERT OR IGNORE INTO account_settings VALUES (1, ?, ?, 0)");
    this.#select = database.prepare("SELECT * FROM accounts WHERE name_key = ?");
    this.#insert = database.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#update = database.prepare(
      `UPDATE accounts SET salt = ?, iterations = ?, stored_key = ?, server_key = ?, revision = ?
       WHERE name_key = ?`,
    );
    this.#delete = database.prepare("DELETE FROM accounts WHERE name_key = ?");
    this.#raiseRevision = database.prepare(
      "UPDATE account_settings SET revision = revision + 1 RETURNING revision",
    );
  }

  /** Sets what all accounts share. @throws {RequestError} `exists` if it is set */
  begin(secret: Uint8Array, iterations: number): void {
    if (Number(this.#begin.run(secret, iterations).changes) > 0) return;
    throw new RequestError("exists", "Cannot begin with accounts: there is a secret already");
  }

  /** Adds an account. @throws {RequestError} `exists` */
  add({ name, role, rights, verifier }: NewAccount, nowMs: number): Account {
    const key = foldNick(name);
    if (this.#select.get(key) !== undefined) throw accountExists();
    const revision = this.#nextRevision();
    this.#insert.run(key, name, role, rights, ...valuesOf(verifier), nowMs, revision);
    return this.#find(key);
  }

  /** Replaces the verifier of an account. @throws {RequestError} `not-found` */
  setVerifier(name: string, verifier: ScramVerifier): Account {
    const key = foldNick(name);
    this.#find(key);
    this.#update.run(...valuesOf(verifier), this.#nextRevision(), key);
    return this.#find(key);
  }

  /** Removes an account and returns it. @throws {RequestError} `not-found` */
  remove(name: string): Account {
    const key = foldNick(name);
    const account = this.#find(key);
    this.#delete.run(key);
    this.#nextRevision();
    return account;
  }

  #find(key: string): Account {
    const row = this.#select.get(key);
    if (row !== undefined) return toAccount(row);
    const detail = "Cannot change the account: there is none of that name";
    throw new RequestError("not-found", detail, { reason: "account-unknown" });
  }

  /** @throws {RequestError} `internal` before `begin` */
  #nextRevision(): number {
    const row = this.#raiseRevision.get();
    if (row === undefined) throw new RequestError("internal");
    return Number(row.revision);
  }
}

function valuesOf({ salt, iterations, storedKey, serverKey }: ScramVerifier) {
  return [salt, iterations, storedKey, serverKey];
}

function accountExists(): RequestError {
  const detail = "Cannot add the account: there is one of that name already";
  return new RequestError("exists", detail, { reason: "account-exists" });
}
