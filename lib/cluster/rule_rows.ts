import type { DatabaseSync, StatementSync } from "node:sqlite";
import { digestText } from "../files/digest_text.ts";

/**
 * The rules of folders in the database of a server of a cluster: those of the log, and which rules it has had since
 * the file of this server had the same. Methods throw the errors of SQLite.
 */
export class RuleRows {
  readonly #getShared: StatementSync;
  readonly #setShared: StatementSync;
  readonly #hasSeen: StatementSync;
  readonly #addSeen: StatementSync;
  readonly #beginSeen: StatementSync;
  readonly #removeOthers: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#getShared = database.prepare("SELECT text FROM cluster_rules");
    this.#setShared = database.prepare("INSERT OR REPLACE INTO cluster_rules VALUES (1, ?)");
    this.#hasSeen = database.prepare("SELECT max(sha256 = ?) AS has FROM seen_rules");
    this.#addSeen = database.prepare(
      "INSERT OR IGNORE INTO seen_rules SELECT ? WHERE EXISTS (SELECT 1 FROM seen_rules)",
    );
    this.#beginSeen = database.prepare("INSERT OR IGNORE INTO seen_rules VALUES (?)");
    this.#removeOthers = database.prepare("DELETE FROM seen_rules WHERE sha256 != ?");
  }

  /** The text of the rules of the log; `null` before there are any. */
  get shared(): string | null {
    const row = this.#getShared.get();
    return row === undefined ? null : String(row.text);
  }

  /** Replaces the rules of the log, in a transaction of the caller. */
  setShared(text: string): void {
    this.#setShared.run(text);
    this.#addSeen.run(digestText(text));
  }

  /**
   * Whether the file of this server once had the rules of the log, and `text` are none that it or the log has had
   * since: an operator has changed them.
   */
  isChange(text: string): boolean {
    return this.#hasSeen.get(digestText(text))?.has === 0;
  }

  /** Says that the file of this server gets `text` in place of `own`, of which neither is a change of an operator. */
  beginWriting(text: string, own: string | null): void {
    for (const each of [text, own ?? text]) this.#beginSeen.run(digestText(each));
  }

  /** Says that the file of this server has the rules of the log, which are `text`. */
  setSame(text: string): void {
    const sha256 = digestText(text);
    this.#beginSeen.run(sha256);
    this.#removeOthers.run(sha256);
  }
}
