import type { DatabaseSync, StatementSync } from "node:sqlite";
import { digestText } from "../files/digest_text.ts";

/** Files that are remembered, of all links together: the oldest go first. */
const MAX_FILES = 20_000;

/** A content at a path. */
export interface PlacedContent {
  /** On the server. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

/** A file that was about to get its name when its server died. */
export interface ExpectedFile {
  readonly number: number;
  readonly link: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * What has come by links: whoever sends a file again whose answer was lost is told that it is there. A link knows of
 * what has come by itself, and of nothing else.
 *
 * A file is expected before it gets its name: so one that has it is counted, whenever the server dies. Methods throw
 * the errors of SQLite.
 */
export class LinkFiles {
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #find: StatementSync;
  readonly #stay: StatementSync;
  readonly #remove: StatementSync;
  readonly #expected: StatementSync;
  readonly #confirm: StatementSync;
  readonly #forget: StatementSync;
  readonly #sweep: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      "INSERT OR REPLACE INTO link_files (link, content, size, path) VALUES (?, ?, ?, ?)",
    );
    this.#trim = database.prepare("DELETE FROM link_files WHERE number <= ?");
    this.#find = database.prepare("SELECT 1 FROM link_files WHERE content = ?");
    this.#stay = database.prepare("UPDATE link_files SET path = NULL WHERE content = ?");
    this.#remove = database.prepare("DELETE FROM link_files WHERE content = ?");
    this.#expected = database.prepare("SELECT * FROM link_files WHERE path IS NOT NULL");
    this.#confirm = database.prepare("UPDATE link_files SET path = NULL WHERE number = ?");
    this.#forget = database.prepare("DELETE FROM link_files WHERE number = ?");
    this.#sweep = database.prepare(
      "DELETE FROM link_files WHERE link NOT IN (SELECT id FROM links)",
    );
  }

  /** Remembers that a content is about to come to its path. @returns whether it has before */
  expect(link: string, content: PlacedContent, sizeBytes: number): boolean {
    const hasCome = this.has(link, content);
    this.#set(link, content, sizeBytes, content.path);
    return hasCome;
  }

  /** Remembers that a content has come to its path. */
  add(link: string, content: PlacedContent, sizeBytes: number): void {
    this.#set(link, content, sizeBytes, null);
  }

  /** Takes back that a content is expected. @param hasCome whether it has before */
  takeBack(link: string, content: PlacedContent, hasCome: boolean): void {
    (hasCome ? this.#stay : this.#remove).run(keyOf(link, content));
  }

  /** Whether a content has come to a path by a link. It may be gone, or replaced. */
  has(link: string, content: PlacedContent): boolean {
    return this.#find.get(keyOf(link, content)) !== undefined;
  }

  /** The files that are expected. */
  expected(): ExpectedFile[] {
    return this.#expected.all().map(({ number, link, path, size }) => ({
      number: Number(number),
      link: String(link),
      path: String(path),
      sizeBytes: Number(size),
    }));
  }

  /** Remembers that an expected file has come, or forgets it. */
  settle({ number }: ExpectedFile, hasCome: boolean): void {
    (hasCome ? this.#confirm : this.#forget).run(number);
  }

  /** Forgets the files of links that are forgotten. */
  sweep(): void {
    this.#sweep.run();
  }

  #set(link: string, content: PlacedContent, sizeBytes: number, path: string | null): void {
    const { lastInsertRowid } = this.#insert.run(link, keyOf(link, content), sizeBytes, path);
    this.#trim.run(Number(lastInsertRowid) - MAX_FILES);
  }
}

function keyOf(link: string, { path, sha256 }: PlacedContent): string {
  return digestText(JSON.stringify([link, path, sha256]));
}
