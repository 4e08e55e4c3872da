import type { DatabaseSync, StatementSync } from "node:sqlite";
import { digestText } from "../files/digest_text.ts";
import { LIMITS } from "../protocol/limits.ts";

/** A content at a path. */
export interface PlacedContent {
  /** On the server. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

/** A file that is about to get its name. */
export interface ExpectedFile extends PlacedContent {
  readonly number: number;
  readonly link: string;
  readonly sizeBytes: number;
}

/**
 * What has come by links, so that a client that sends a file again, since its answer was lost, is told that it is
 * there. A link knows of what has come by itself, and of nothing else.
 *
 * Beside that, what is expected: each upload has a row of its own there from before its file gets its name until it is
 * counted or refused. What is expected is not known to have come. Methods throw the errors of SQLite.
 */
export class LinkFiles {
  readonly #add: StatementSync;
  readonly #trim: StatementSync;
  readonly #find: StatementSync;
  readonly #sweep: StatementSync;
  readonly #expect: StatementSync;
  readonly #expected: StatementSync;
  readonly #forget: StatementSync;
  readonly #forgetAll: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      "INSERT INTO link_files (link, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    this.#trim = database.prepare("DELETE FROM link_files WHERE number <= ?");
    this.#find = database.prepare("SELECT 1 FROM link_files WHERE content = ?");
    this.#sweep = database.prepare(
      "DELETE FROM link_files WHERE link NOT IN (SELECT id FROM links)",
    );
    this.#expect = database.prepare(
      "INSERT INTO expected_files (link, path, sha256, size) VALUES (?, ?, ?, ?)",
    );
    this.#expected = database.prepare("SELECT * FROM expected_files ORDER BY number");
    this.#forget = database.prepare("DELETE FROM expected_files WHERE number = ?");
    this.#forgetAll = database.prepare("DELETE FROM expected_files");
  }

  /** Remembers that a content has come to its path. One that came before keeps its place in the order. */
  add(link: string, content: PlacedContent): void {
    const { changes, lastInsertRowid } = this.#add.run(link, keyOf(link, content));
    if (changes !== 0) this.#trim.run(Number(lastInsertRowid) - LIMITS.linkFiles);
  }

  /** Whether a content has come to a path by a link. It may be gone, or replaced. */
  has(link: string, content: PlacedContent): boolean {
    return this.#find.get(keyOf(link, content)) !== undefined;
  }

  /** Forgets the files of links that are forgotten. */
  sweep(): void {
    this.#sweep.run();
  }

  /** Remembers that a content is about to come to its path. @returns the number of the row */
  expect(link: string, { path, sha256 }: PlacedContent, sizeBytes: number): number {
    return Number(this.#expect.run(link, path, sha256, sizeBytes).lastInsertRowid);
  }

  /** The files that are expected. */
  expected(): ExpectedFile[] {
    return this.#expected.all().map(({ number, link, path, sha256, size }) => ({
      number: Number(number),
      link: String(link),
      path: String(path),
      sha256: String(sha256),
      sizeBytes: Number(size),
    }));
  }

  /** Expects a file no more. */
  forget(number: number): void {
    this.#forget.run(number);
  }

  /** Expects nothing more. */
  forgetAll(): void {
    this.#forgetAll.run();
  }
}

function keyOf(link: string, { path, sha256 }: PlacedContent): string {
  return digestText(JSON.stringify([link, path, sha256]));
}
