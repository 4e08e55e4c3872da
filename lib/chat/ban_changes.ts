import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Ban, BanTarget } from "./ban.ts";

/**
 * Changes the bans, in a transaction of the caller or without one. The same changes, with the same times,
 * lead to the same rows. Methods throw the errors of SQLite.
 */
export class BanChanges {
  readonly #set: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteExpired: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#set = database.prepare("INSERT OR REPLACE INTO bans VALUES (?, ?, ?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM bans WHERE kind = ? AND subject = ?");
    this.#deleteExpired = database.prepare("DELETE FROM bans WHERE expires_ms <= ?");
  }

  /** Sets a ban, in place of an earlier one. Those that have expired when it begins are forgotten. */
  set({ kind, subject, sinceMs, expiresMs, reason }: Ban): void {
    this.#deleteExpired.run(sinceMs);
    this.#set.run(kind, subject, sinceMs, expiresMs, reason);
  }

  /** Lifts a ban. @returns whether there was one that had not expired */
  remove({ kind, subject }: BanTarget, nowMs: number): boolean {
    this.#deleteExpired.run(nowMs);
    return Number(this.#delete.run(kind, subject).changes) > 0;
  }
}
