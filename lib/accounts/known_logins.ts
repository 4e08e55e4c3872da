import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LIMITS } from "../protocol/limits.ts";
import { hmac } from "./scram_keys.ts";

/** The pairs of address and account that have logged in. */
export interface KnownPairs {
  /** Whether a pair has logged in. */
  has(pair: string): boolean;
  /** Adds a pair. */
  add(pair: string): void;
}

/**
 * The pairs that have logged in, in the database: an owner that is attacked gets in from them after a restart,
 * too. Each is kept for `loginKnownMs` after its last login, as a digest that tells no address; beyond
 * `loginRecords`, the one whose login is the longest ago is forgotten.
 *
 * A database that fails is as one without pairs: logins do not fail for it.
 */
export class KnownLogins implements KnownPairs {
  readonly #secret: Uint8Array;
  readonly #find: StatementSync;
  readonly #set: StatementSync;
  readonly #trim: StatementSync;
  readonly #maxRecords: number;

  /** Uses the database, of an `AccountStore`, and does not own it. */
  constructor(database: DatabaseSync, maxRecords: number = LIMITS.loginRecords) {
    this.#maxRecords = maxRecords;
    const row = database.prepare("SELECT secret FROM account_settings").get();
    this.#secret = row?.secret instanceof Uint8Array ? row.secret : new Uint8Array();
    this.#find = database.prepare("SELECT 1 FROM known_logins WHERE pair = ? AND until_ms > ?");
    this.#set = database.prepare("INSERT OR REPLACE INTO known_logins VALUES (?, ?)");
    this.#trim = database.prepare(
      `DELETE FROM known_logins WHERE until_ms <= ? OR pair IN
       (SELECT pair FROM known_logins ORDER BY until_ms DESC, pair LIMIT -1 OFFSET ?)`,
    );
  }

  has(pair: string): boolean {
    try {
      return this.#find.get(this.#digest(pair), Date.now()) !== undefined;
    } catch {
      return false;
    }
  }

  add(pair: string): void {
    const nowMs = Date.now();
    try {
      this.#set.run(this.#digest(pair), nowMs + LIMITS.loginKnownMs);
      this.#trim.run(nowMs, this.#maxRecords);
    } catch {
      // The next login tries again
    }
  }

  #digest(pair: string): Uint8Array {
    return hmac(this.#secret, `known ${pair}`);
  }
}
