import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EntryType } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { lastComponent, parentOf, pathIn, pathKey } from "../protocol/path.ts";

/** The folder that all paths begin in. It has no row. */
export const ROOT_ID = 0;

/** A file of the catalogue, apart from its path. */
export interface CatalogueFile {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  /** In hex. */
  readonly sha256: string;
  readonly isExecutable: boolean;
}

/** A file or a folder of the catalogue. */
export interface CatalogueRow {
  readonly id: number;
  readonly type: EntryType;
  readonly name: string;
  /** 0 for a folder. */
  readonly size: number;
  readonly mtimeMs: number;
  /** `null` for a folder. */
  readonly sha256: string | null;
  readonly isExecutable: boolean;
}

/** What is at a path, or where it would be. */
export interface CataloguePlace {
  /** The folder of `row`, or of the first name that is missing. */
  readonly parent: number;
  /** `null` if nothing is there. */
  readonly row: CatalogueRow | null;
  /** The names on the way, and the last one, that are not there. */
  readonly missing: readonly string[];
}

const COLUMNS = "id, name, size, mtime_ms, sha256, exec";

/**
 * The files and folders that several servers have in common, as a tree of rows. Two names in a folder
 * differ in more than their letter case, so that every system can store them.
 */
export class CatalogueRows {
  readonly #byFold: StatementSync;
  readonly #page: StatementSync;
  readonly #byHash: StatementSync;
  readonly #above: StatementSync;

  /** The caller owns the database and closes it. */
  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#byFold = prepare(`SELECT ${COLUMNS} FROM catalogue WHERE parent = ? AND fold = ?`);
    this.#page = prepare(
      `SELECT ${COLUMNS} FROM catalogue WHERE parent = ? AND sort > ? ORDER BY sort LIMIT ?`,
    );
    this.#byHash = prepare(
      "SELECT parent, name FROM catalogue WHERE sha256 = ? ORDER BY id LIMIT ?",
    );
    this.#above = prepare("SELECT parent, name FROM catalogue WHERE id = ?");
  }

  /** What is at a path, in its very spelling; `null` if nothing is. @param path not the root */
  find(path: string): CatalogueRow | null {
    const parent = this.folderId(parentOf(path));
    return parent === null ? null : this.child(parent, lastComponent(path));
  }

  /**
   * Finds what is at a path, or the deepest folder on its way.
   *
   * @throws {RequestError} `not-a-file` if a file is on its way; `exists` for names in other spellings
   */
  place(path: string): CataloguePlace {
    const names = path.split("/");
    let parent = ROOT_ID;
    for (const [i, name] of names.entries()) {
      const row = this.alike(parent, name);
      if (row === null) return { parent, row, missing: names.slice(i) };
      if (row.name !== name) throw alikeName();
      if (i === names.length - 1) return { parent, row, missing: [] };
      if (row.type !== "folder") throw new RequestError("not-a-file");
      parent = row.id;
    }
    throw new RangeError("Cannot place the root: it has no row");
  }

  /** The id of a folder; `null` if it is none. @param path `""` for the root */
  folderId(path: string): number | null {
    let id = ROOT_ID;
    for (const name of path === "" ? [] : path.split("/")) {
      const row = this.child(id, name);
      if (row?.type !== "folder") return null;
      id = row.id;
    }
    return id;
  }

  /**
   * Some of the entries of a folder, sorted by the code units of their names.
   *
   * @param after only names that sort behind this one; `""` for all
   */
  page(folderId: number, after: string, limit: number): CatalogueRow[] {
    return this.#page.all(folderId, sortKey(after), limit).map(toRow);
  }

  /** Whether a folder has nothing in it. */
  isEmpty(folderId: number): boolean {
    return this.#page.get(folderId, sortKey(""), 1) === undefined;
  }

  /** Paths of files of a content; a few of them. @param sha256 in hex */
  pathsOf(sha256: string, limit: number): string[] {
    const rows = this.#byHash.all(sha256, limit);
    return rows.map(({ parent, name }) => this.#pathOf(Number(parent), String(name)));
  }

  /** What has a name in a folder; `null` if nothing has. */
  child(parent: number, name: string): CatalogueRow | null {
    const row = this.alike(parent, name);
    return row?.name === name ? row : null;
  }

  /** The entry of a name, or of one that some systems take for the same. */
  alike(parent: number, name: string): CatalogueRow | null {
    const row = this.#byFold.get(parent, pathKey(name));
    return row === undefined ? null : toRow(row);
  }

  /** The folder that an entry is in. */
  parentOf(id: number): number {
    return Number(this.#above.get(id)?.parent ?? ROOT_ID);
  }

  #pathOf(parent: number, name: string): string {
    let path = name;
    for (let id = parent; id !== ROOT_ID;) {
      const row = this.#above.get(id);
      path = pathIn(String(row?.name), path);
      id = Number(row?.parent ?? ROOT_ID);
    }
    return path;
  }
}

function toRow(row: Record<string, unknown>): CatalogueRow {
  return {
    id: Number(row.id),
    type: row.sha256 === null ? "folder" : "file",
    name: String(row.name),
    size: Number(row.size),
    mtimeMs: Number(row.mtime_ms),
    sha256: row.sha256 === null ? null : String(row.sha256),
    isExecutable: row.exec === 1,
  };
}

/** A name that some system takes for that of another entry. */
export function alikeName(): RequestError {
  return new RequestError("exists", undefined, { reason: "path-alike" });
}

/** Bytes that sort as the code units of a name do: SQLite sorts text by its UTF-8. */
export function sortKey(name: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * name.length));
  for (let i = 0; i < name.length; i++) view.setUint16(2 * i, name.charCodeAt(i));
  return new Uint8Array(view.buffer);
}
