import type { DatabaseSync } from "node:sqlite";
import { Listeners } from "../async/listeners.ts";
import { inTransaction } from "../files/database.ts";
import { RequestError } from "../protocol/errors.ts";
import type { AccountStore } from "./account_store.ts";
import { type Link, makeLinkKey, type NewLink } from "./link.ts";
import { LinkChanges } from "./link_changes.ts";
import type { ScramVerifier } from "./scram_keys.ts";

/** A link that was just made. */
export interface KeyedLink {
  readonly link: Link;
  /** Stored nowhere. */
  readonly secret: string;
}

/** Changes the links: in the database of one server, or on all servers of a cluster. */
export interface LinkKeeper {
  /** Makes a link. @throws {RequestError} as {@link LinkChanges.add}, apart from `exists` */
  add(link: NewLink): Promise<KeyedLink>;
  /** Takes a link back as {@link LinkChanges.revoke} does, and tells the listeners, on all servers. */
  revoke(id: string): Promise<Link>;
  /** Takes a claim as {@link LinkChanges.take} does. */
  take(id: string, claim: string): Promise<number>;
  /** Forgets lapsed claims, and links that ended long ago, where adding links does not. */
  sweep(): void;
  /** Resolves when the links that any server has made before are read here. */
  caughtUp(): Promise<void>;
  /** Calls `listener` after a link was taken back. Disposal of the result ends the calls. */
  onRevoke(listener: () => void): Disposable;
}

/** Makes the verifiers of secrets. */
export type VerifierMaker = Pick<AccountStore, "makeVerifier">;

/**
 * Adds something by a new id and the verifier of a new secret; by others if there is one of that id.
 *
 * @throws what `add` throws, apart from `exists`
 */
export async function addByNewKey<T>(
  accounts: VerifierMaker,
  add: (id: string, verifier: ScramVerifier) => Promise<T>,
): Promise<{ readonly added: T; readonly secret: string }> {
  for (;;) {
    const { id, secret } = makeLinkKey();
    try {
      return { added: await add(id, await accounts.makeVerifier(secret)), secret };
    } catch (error) {
      if (!(error instanceof RequestError && error.code === "exists")) throw error;
    }
  }
}

/** Keeps the links of a server alone. A method is one short transaction, and throws the errors of SQLite. */
export class LocalLinkKeeper implements LinkKeeper {
  readonly #database: DatabaseSync;
  readonly #changes: LinkChanges;
  readonly #accounts: VerifierMaker;
  readonly #now: () => number;
  readonly #listeners = new Listeners<[]>();

  /** Uses both, owns neither. @param now the time, milliseconds since 1970 */
  constructor(database: DatabaseSync, accounts: VerifierMaker, now: () => number = Date.now) {
    this.#database = database;
    this.#changes = new LinkChanges(database);
    this.#accounts = accounts;
    this.#now = now;
  }

  async add(link: NewLink): Promise<KeyedLink> {
    const add = (id: string, verifier: ScramVerifier) =>
      this.#change((nowMs) => this.#changes.add({ ...link, id, verifier }, nowMs));
    const { added, secret } = await addByNewKey(this.#accounts, add);
    return { link: added, secret };
  }

  async revoke(id: string): Promise<Link> {
    const link = await this.#change((nowMs) => this.#changes.revoke(id, nowMs));
    this.#listeners.tell();
    return link;
  }

  take(id: string, claim: string): Promise<number> {
    return this.#change((nowMs) => this.#changes.take(id, claim, nowMs));
  }

  sweep(): void {
    inTransaction(this.#database, () => this.#changes.sweep(this.#now()));
  }

  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  onRevoke(listener: () => void): Disposable {
    return this.#listeners.add(listener);
  }

  /** Changes before it returns. */
  #change<T>(work: (nowMs: number) => T): Promise<T> {
    return Promise.try(() => inTransaction(this.#database, () => work(this.#now())));
  }
}
