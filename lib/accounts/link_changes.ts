import type { DatabaseSync, StatementSync } from "node:sqlite";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type Link, linkEnd, linkFull, linkRefusal, type NewLink } from "./link.ts";
import { type ExpectedFile, LinkFiles, type PlacedContent } from "./link_files.ts";
import { LinkRoom } from "./link_room.ts";
import { LinkRows, WORKS } from "./link_rows.ts";
import type { ScramVerifier } from "./scram_keys.ts";

/** A link that is to be added. */
export interface AddedLink extends NewLink {
  readonly id: string;
  /** That of its secret. */
  readonly verifier: ScramVerifier;
}

/**
 * Changes the links and their claims, in a transaction of the caller. The same changes, with the same times,
 * lead to the same rows. Methods throw the errors of SQLite, and a `RequestError` before they have changed
 * anything. Times are milliseconds since 1970.
 */
export class LinkChanges {
  readonly #database: DatabaseSync;
  readonly #files: LinkFiles;
  readonly #room: LinkRoom;
  readonly #rows: LinkRows;
  readonly #insert: StatementSync;
  readonly #revoke: StatementSync;
  readonly #setClaim: StatementSync;
  readonly #takeOne: StatementSync;
  readonly #spend: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#files = new LinkFiles(database);
    this.#room = new LinkRoom(database);
    this.#rows = new LinkRows(database);
    this.#insert = database.prepare(
      `INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)`,
    );
    this.#revoke = database.prepare(
      "UPDATE links SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL",
    );
    this.#setClaim = database.prepare("INSERT OR REPLACE INTO link_claims VALUES (?, ?, ?)");
    this.#takeOne = database.prepare(
      `UPDATE links SET claims_left = claims_left - 1,
       used_ms = CASE claims_left WHEN 1 THEN ? ELSE used_ms END
       WHERE id = ? AND claims_left > 0`,
    );
    this.#spend = database.prepare(
      "UPDATE links SET bytes_left = MAX(bytes_left - ?, 0) WHERE id = ?",
    );
  }

  /**
   * Adds a link, and forgets those that ended long before.
   *
   * @throws {RequestError} `busy` `links-full` beyond a limit; `exists` if there is one of the id
   */
  add(link: AddedLink, nowMs: number): Link {
    const { id, kind, path, truePath, creator, lifeMs, count, note, sizeBytes } = link;
    this.#room.check(creator, nowMs);
    if (this.#rows.find(id) !== null) throw new RequestError("exists");
    this.sweep(nowMs);
    const { salt, iterations, storedKey, serverKey } = link.verifier;
    const keys = [salt, iterations, storedKey, serverKey];
    const by = [creator?.name ?? null, creator?.createdMs ?? null];
    const uses = [nowMs, nowMs + lifeMs, count, count, note, sizeBytes, sizeBytes];
    this.#insert.run(id, path, truePath, kind, ...keys, ...by, ...uses);
    return this.#findOrThrow(id);
  }

  /** Takes a link back, and returns it. @throws {RequestError} `not-found` `link-unknown` */
  revoke(id: string, nowMs: number): Link {
    this.#findOrThrow(id);
    this.#revoke.run(nowMs, id);
    return this.#findOrThrow(id);
  }

  /**
   * Takes a claim of a link that has a count, unless it is open; from now on it is open for `claimMs`.
   *
   * @returns until when it is open
   * @throws {RequestError} `denied` `link-used` if all claims are taken by others; as {@link checkFile}
   */
  take(id: string, claim: string, nowMs: number): number {
    this.#findWorking(id, nowMs);
    const isOpen = this.#rows.isOpen(id, claim, nowMs);
    if (!isOpen && this.#takeOne.run(nowMs, id).changes === 0) throw linkRefusal("link-used");
    const untilMs = nowMs + LIMITS.claimMs;
    this.#setClaim.run(id, claim, untilMs);
    return untilMs;
  }

  /**
   * Checks that a link takes a file. Claims are not looked at: that of the file may be open.
   *
   * @throws {RequestError} `denied` if the link has ended; `too-large` `link-full`
   */
  checkFile(id: string, sizeBytes: number, nowMs: number): void {
    const { bytesLeft } = this.#findWorking(id, nowMs);
    if (bytesLeft !== null && sizeBytes > bytesLeft) throw linkFull(bytesLeft);
  }

  /** Remembers a file that has come, and counts its bytes where the link takes only so many in all. */
  spend(id: string, content: PlacedContent, bytes: number): void {
    this.#spend.run(bytes, id);
    this.#files.add(id, content);
  }

  /** The same for a file that was expected, if it has come. It is expected no more. */
  settle(file: ExpectedFile, hasCome: boolean): void {
    if (hasCome) this.spend(file.link, file, file.sizeBytes);
    this.#files.forget(file.number);
  }

  /** Forgets lapsed claims, and links that ended long ago, with what has come by them. */
  sweep(nowMs: number): void {
    const longAgoMs = nowMs - LIMITS.linkMemoryMs;
    const run = (sql: string, ...values: number[]) => this.#database.prepare(sql).run(...values);
    run("DELETE FROM link_claims WHERE until_ms <= ?", nowMs);
    run(
      `DELETE FROM links WHERE expires_ms <= ? OR revoked_ms <= ? OR (used_ms <= ?
       AND NOT EXISTS (SELECT 1 FROM link_claims WHERE link = id))`,
      ...[longAgoMs, longAgoMs, longAgoMs],
    );
    // Links that are made and taken back in a loop
    run(
      `DELETE FROM links WHERE id IN (SELECT id FROM links WHERE NOT (${WORKS})
       ORDER BY COALESCE(revoked_ms, used_ms, expires_ms) DESC, id LIMIT -1 OFFSET ?)`,
      ...[nowMs, LIMITS.links],
    );
    run("DELETE FROM link_claims WHERE link NOT IN (SELECT id FROM links)");
    this.#files.sweep();
  }

  #findOrThrow(id: string): Link {
    const link = this.#rows.find(id);
    if (link !== null) return link;
    const detail = "Cannot find the link: there is none of that id";
    throw new RequestError("not-found", detail, { reason: "link-unknown" });
  }

  /** A link that has not ended, apart from its claims. */
  #findWorking(id: string, nowMs: number): Link {
    const link = this.#rows.find(id);
    if (link === null) throw linkRefusal("link-revoked");
    const end = linkEnd(link, nowMs);
    if (end === "revoked" || end === "expired") throw linkRefusal(`link-${end}`);
    return link;
  }
}
