import type { DatabaseSync, StatementSync } from "node:sqlite";
import { digestText } from "../files/digest_text.ts";
import { RequestError } from "../protocol/errors.ts";
import type { RulePart } from "./account_kinds.ts";
import { joinRules } from "./rule_parts.ts";

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
  readonly #countParts: StatementSync;
  readonly #addPart: StatementSync;
  readonly #listParts: StatementSync;
  readonly #removeParts: StatementSync;

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
    this.#countParts = database.prepare(
      "SELECT count(*) AS count FROM rule_parts WHERE sha256 = ?",
    );
    this.#addPart = database.prepare("INSERT INTO rule_parts VALUES (?, ?, ?)");
    this.#listParts = database.prepare("SELECT text FROM rule_parts ORDER BY part");
    this.#removeParts = database.prepare("DELETE FROM rule_parts");
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
   * Keeps a part of the rules of the log, which take the place of earlier ones once all of them are there. In a
   * transaction of the caller.
   *
   * @throws {RequestError} `changed` if it does not follow the one before
   */
  addPart({ sha256, part, parts, text }: RulePart): void {
    if (part === 0) this.#removeParts.run();
    if (Number(this.#countParts.get(sha256)?.count) !== part) throw new RequestError("changed");
    this.#addPart.run(part, sha256, text);
    if (part < parts - 1) return;
    const whole = joinRules(this.#listParts.all().map((row) => String(row.text)));
    this.#removeParts.run();
    if (whole !== null && digestText(whole) === sha256) this.setShared(whole);
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
