import type { Account } from "./account.ts";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { RequestError } from "../protocol/errors.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { checkAccountName } from "./account_name.ts";
import { readSettings, toAccount, toVerifier } from "./account_rows.ts";
import { MockVerifiers } from "./mock_verifiers.ts";
import { preparePassword } from "./prepare.ts";
import { formatRights, type GrantableRight, type Role } from "./rights.ts";
import { makeVerifier, type ScramVerifier } from "./scram_keys.ts";

/** As long as those that decoys have. */
const SALT_BYTES = 16;
/** Section 8 of the protocol. A database that has been used keeps the number that it began with. */
const ITERATIONS = 16_384;

/** What a login is measured by. */
export interface Credentials {
  /** `null` where there is no such account, and the verifier a decoy. */
  readonly account: Account | null;
  readonly verifier: ScramVerifier;
}

/** How the accounts are set up. */
export interface AccountStoreOptions {
  /**
   * Iterations of PBKDF2, for a database that had no accounts so far. All accounts of a database
   * have the same number, decoys too: another one would tell which is which. Default 16,384.
   */
  readonly iterations?: number;
}

/**
 * The accounts in the database. Of a password only a salted verifier is kept.
 *
 * Nothing is kept in memory, so that what another process changes, such as `user add` beside a
 * running server, holds at once. Every method but those that say otherwise is one short call of
 * SQLite, and throws what that throws, such as when another process writes for more than 5 s.
 */
export class AccountStore {
  readonly #database: DatabaseSync;
  readonly #mockVerifiers: MockVerifiers;
  readonly #iterations: number;
  readonly #select: StatementSync;
  readonly #selectOr: StatementSync;
  readonly #list: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #revision: StatementSync;
  readonly #bump: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync, { iterations = ITERATIONS }: AccountStoreOptions = {}) {
    this.#database = database;
    const settings = readSettings(database, iterations);
    this.#mockVerifiers = new MockVerifiers(settings.secret, SALT_BYTES, settings.iterations);
    this.#iterations = settings.iterations;
    this.#select = database.prepare("SELECT * FROM accounts WHERE name_key = ?");
    this.#selectOr = database.prepare(
      `SELECT * FROM accounts WHERE name_key = ?
       UNION ALL SELECT NULL, '', 'member', NULL, ?, ?, ?, ?, 0, 0 LIMIT 1`,
    );
    this.#list = database.prepare("SELECT * FROM accounts ORDER BY name_key");
    this.#insert = database.prepare(
      "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#update = database.prepare(
      `UPDATE accounts SET salt = ?, iterations = ?, stored_key = ?, server_key = ?, revision = ?
       WHERE name_key = ?`,
    );
    this.#delete = database.prepare("DELETE FROM accounts WHERE name_key = ?");
    this.#revision = database.prepare("SELECT revision FROM account_settings");
    this.#bump = database.prepare(
      "UPDATE account_settings SET revision = revision + 1 RETURNING revision",
    );
  }

  /**
   * Another number after every change of any account, by any process. For looking, now and then,
   * whether the accounts of live sessions are still what they were: it costs a few microseconds.
   */
  get revision(): number {
    return Number(this.#revision.get()?.revision);
  }

  /**
   * Makes an account. Its verifier is computed on another thread.
   *
   * @param rights those of the role if `null`; an admin has all, whatever is given here
   * @throws {RequestError} where the name or the password is not allowed, or `exists`
   */
  async add(
    name: string,
    password: string,
    role: Role,
    rights: ReadonlySet<GrantableRight> | null = null,
  ): Promise<Account> {
    const normal = checkAccountName(name);
    const { salt, iterations, storedKey, serverKey } = await this.#verifierFor(password);
    const list = rights === null ? null : formatRights(rights);
    const key = foldNick(normal);
    return this.#change((revision) => {
      const keys = [salt, iterations, storedKey, serverKey];
      const values = [key, normal, role, list, ...keys, Date.now(), revision];
      if (Number(this.#insert.run(...values).changes) === 0) throw existing();
      return this.#found(key);
    });
  }

  /**
   * Gives an account another password. Its verifier is computed on another thread.
   *
   * @throws {RequestError} where the password is not allowed, or `not-found`
   */
  async setPassword(name: string, password: string): Promise<Account> {
    const { salt, iterations, storedKey, serverKey } = await this.#verifierFor(password);
    const key = foldNick(name);
    return this.#change((revision) => {
      this.#update.run(salt, iterations, storedKey, serverKey, revision, key);
      return this.#found(key);
    });
  }

  /**
   * Removes an account, and returns what it was.
   *
   * @throws {RequestError} `not-found`
   */
  remove(name: string): Account {
    const key = foldNick(name);
    return this.#change(() => {
      const account = this.#found(key);
      this.#delete.run(key);
      return account;
    });
  }

  /** All accounts, by name. */
  list(): Account[] {
    return this.#list.all().map(toAccount);
  }

  /** The account of that name, in whatever case, or `null`. */
  find(name: string): Account | null {
    const row = this.#select.get(foldNick(name));
    return row === undefined ? null : toAccount(row);
  }

  /** Whether an account is still the one that was found before, unchanged. */
  isCurrent({ name, revision }: Account): boolean {
    return this.find(name)?.revision === revision;
  }

  /**
   * What a login under that name is measured by; a {@link MockVerifiers decoy} where there is no account.
   *
   * Both cases do the same: the name is folded, a decoy is made, and the row of the account, or
   * that of the decoy if there is none, is read. They differ in nothing but SQLite's reaching one
   * or the other.
   */
  credentialsOf(user: string): Credentials {
    const key = foldNick(user);
    const { salt, iterations, storedKey, serverKey } = this.#mockVerifiers.verifierOf(key);
    const row = this.#selectOr.get(key, salt, iterations, storedKey, serverKey) ?? {};
    const account = toAccount(row);
    return { account: row.name_key === key ? account : null, verifier: toVerifier(row) };
  }

  #verifierFor(password: string): Promise<ScramVerifier> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    return makeVerifier(preparePassword(password), salt, this.#iterations);
  }

  #found(key: string): Account {
    const row = this.#select.get(key);
    if (row !== undefined) return toAccount(row);
    const detail = "Cannot change the account: there is none of that name";
    throw new RequestError("not-found", detail, { reason: "account-unknown" });
  }

  /** All or nothing, with the next revision; `work` must not wait for anything. */
  #change<T>(work: (revision: number) => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work(Number(this.#bump.get()?.revision));
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

function existing(): RequestError {
  const detail = "Cannot add the account: there is one of that name already";
  return new RequestError("exists", detail, { reason: "account-exists" });
}
