import type { DatabaseSync, StatementSync } from "node:sqlite";
import { inTransaction } from "../files/database.ts";
import { foldNick } from "../protocol/chat_names.ts";
import type { Account } from "./account.ts";
import { AccountChanges } from "./account_changes.ts";
import { readSettings, toAccount, toVerifier } from "./account_rows.ts";
import { MockVerifiers } from "./mock_verifiers.ts";
import { formatRights, type GrantableRight, type Role } from "./rights.ts";
import { makeVerifier, type ScramVerifier } from "./scram_keys.ts";

/** The same length for accounts and mock verifiers. */
const SALT_BYTES = 16;

/** The account and the verifier that a login is checked against. */
export interface Credentials {
  /** `null` if there is no such account and the verifier is a mock. */
  readonly account: Account | null;
  readonly verifier: ScramVerifier;
}

/** Options of an {@link AccountStore}. */
export interface AccountStoreOptions {
  /**
   * Iterations of PBKDF2 for a new database. All accounts and mock verifiers of a database have the
   * same number, since a difference would tell them apart. Default 16,384.
   */
  readonly iterations?: number;
}

/**
 * The accounts in the database, with a salted verifier in place of each password.
 *
 * Nothing is cached, so a change by another process, such as `user add` beside a running server,
 * holds at once. Unless documented otherwise, a method is one short SQLite call and throws its
 * errors, for instance when another process writes for more than 5 s.
 */
export class AccountStore {
  readonly #database: DatabaseSync;
  readonly #changes: AccountChanges;
  readonly #mockVerifiers: MockVerifiers;
  readonly #iterations: number;
  readonly #select: StatementSync;
  readonly #selectOr: StatementSync;
  readonly #list: StatementSync;
  readonly #any: StatementSync;
  readonly #revision: StatementSync;

  /** The caller keeps ownership of the database. */
  constructor(database: DatabaseSync, { iterations }: AccountStoreOptions = {}) {
    this.#database = database;
    const settings = readSettings(database, iterations);
    this.#mockVerifiers = new MockVerifiers(settings.secret, SALT_BYTES, settings.iterations);
    this.#iterations = settings.iterations;
    this.#changes = new AccountChanges(database);
    this.#select = database.prepare("SELECT * FROM accounts WHERE name_key = ?");
    this.#selectOr = database.prepare(
      `SELECT * FROM accounts WHERE name_key = ?
       UNION ALL SELECT NULL, '', 'member', NULL, ?, ?, ?, ?, 0, 0 LIMIT 1`,
    );
    this.#list = database.prepare("SELECT * FROM accounts ORDER BY name_key");
    this.#any = database.prepare("SELECT 1 FROM accounts LIMIT 1");
    this.#revision = database.prepare("SELECT revision FROM account_settings");
  }

  /**
   * Differs after every change of any account by any process. A check of live sessions reads it
   * every now and then; it costs a few microseconds.
   */
  get revision(): number {
    return Number(this.#revision.get()?.revision);
  }

  /**
   * Adds an account. Its verifier is computed on another thread.
   *
   * @param rights those of the role if `null`; an admin always has all rights
   * @throws {RequestError} if the name or the password is not allowed; `exists`
   */
  async add(
    name: string,
    password: string,
    role: Role,
    rights: ReadonlySet<GrantableRight> | null = null,
  ): Promise<Account> {
    const { checkAccountName } = await import("./account_name.ts");
    const normal = checkAccountName(name);
    const verifier = await this.makeVerifier(password);
    const list = rights === null ? null : formatRights(rights);
    const added = { name: normal, role, rights: list, verifier };
    return inTransaction(this.#database, () => this.#changes.add(added, Date.now()));
  }

  /**
   * Replaces the password of an account. The verifier is computed on another thread.
   *
   * @throws {RequestError} if the password is not allowed; `not-found`
   */
  async setPassword(name: string, password: string): Promise<Account> {
    const verifier = await this.makeVerifier(password);
    return inTransaction(this.#database, () => this.#changes.setVerifier(name, verifier));
  }

  /**
   * Removes an account and returns it.
   *
   * @throws {RequestError} `not-found`
   */
  remove(name: string): Account {
    return inTransaction(this.#database, () => this.#changes.remove(name));
  }

  /** All accounts, ordered by name. */
  list(): Account[] {
    return this.#list.all().map(toAccount);
  }

  /** Whether there is any account. */
  hasAny(): boolean {
    return this.#any.get() !== undefined;
  }

  /** The account with that name, in any case, or `null`. */
  find(name: string): Account | null {
    const row = this.#select.get(foldNick(name));
    return row === undefined ? null : toAccount(row);
  }

  /** Whether an account still exists unchanged. */
  isCurrent({ name, revision }: Account): boolean {
    return this.find(name)?.revision === revision;
  }

  /**
   * The account and the verifier of a user name; a mock verifier if there is no account.
   *
   * The same work is done in both cases: fold the name, derive the mock verifier, read one row, of
   * the account or else of the mock. They differ only in the row that SQLite reaches.
   */
  credentialsOf(user: string): Credentials {
    const key = foldNick(user);
    const { salt, iterations, storedKey, serverKey } = this.#mockVerifiers.verifierOf(key);
    const row = this.#selectOr.get(key, salt, iterations, storedKey, serverKey) ?? {};
    const account = toAccount(row);
    return { account: row.name_key === key ? account : null, verifier: toVerifier(row) };
  }

  /**
   * A verifier for a password, as that of an account. It is computed on another thread.
   *
   * @throws {RequestError} if the password is not allowed
   */
  async makeVerifier(password: string): Promise<ScramVerifier> {
    const { preparePassword } = await import("./prepare.ts"); // Its tables take long to load
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    return await makeVerifier(preparePassword(password), salt, this.#iterations);
  }
}
