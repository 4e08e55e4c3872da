import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EntryType } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { lastComponent, parentOf, pathKey } from "../protocol/path.ts";
import {
  alikeName,
  type CatalogueFile,
  type CatalogueRow,
  CatalogueRows,
  sortKey,
} from "./catalogue_rows.ts";

/** What a folder has in the place of a content. */
const NO_FILE = { size: 0, sha256: null, isExecutable: false } as const;

/** How a file takes its path. */
export interface PutPolicy {
  /** Whether it may replace a file. */
  readonly replace: boolean;
  /** The SHA-256 of the only content that it may replace; `null` for any. */
  readonly former: string | null;
}

/** What a path of the catalogue has become. `same`: it had the content before. */
export type PutOutcome = "made" | "replaced" | "same";

/**
 * Changes {@link CatalogueRows}. A folder is moved by one change.
 *
 * Every method checks first: one that throws has changed nothing. The caller brackets them in its
 * transaction. The same calls in the same order give the same rows.
 */
export class CatalogueChanges {
  readonly #rows: CatalogueRows;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #rename: StatementSync;
  readonly #touch: StatementSync;
  readonly #delete: StatementSync;
  readonly #forgetCopies: StatementSync;

  /** The caller owns the database and closes it. */
  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#rows = new CatalogueRows(database);
    this.#insert = prepare(
      `INSERT INTO catalogue (parent, name, sort, fold, size, mtime_ms, sha256, exec)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = prepare(
      "UPDATE catalogue SET size = ?, mtime_ms = ?, sha256 = ?, exec = ? WHERE id = ?",
    );
    this.#rename = prepare(
      "UPDATE catalogue SET parent = ?, name = ?, sort = ?, fold = ? WHERE id = ?",
    );
    this.#touch = prepare("UPDATE catalogue SET mtime_ms = ? WHERE id = ?");
    this.#delete = prepare("DELETE FROM catalogue WHERE id = ?");
    this.#forgetCopies = prepare(
      `DELETE FROM copies WHERE sha256 = ?1
       AND NOT EXISTS (SELECT 1 FROM catalogue WHERE sha256 = ?1)`,
    );
  }

  /**
   * Puts a file at a path. Folders on its way are made.
   *
   * @param stampMs the time of the change, milliseconds since 1970
   * @throws {RequestError} `exists`; `not-a-file` if the path, or one above it, is something else
   */
  put(path: string, file: CatalogueFile, policy: PutPolicy, stampMs: number): PutOutcome {
    const { parent, row, missing } = this.#rows.place(path);
    if (row === null) {
      const folder = this.#makeFolders(parent, missing.slice(0, -1), stampMs);
      this.#add(folder, lastComponent(path), file);
      this.#touch.run(stampMs, folder);
      return "made";
    }
    const { id, type, sha256: former } = row;
    if (type === "folder") throw new RequestError("not-a-file");
    if (former === file.sha256) {
      if (policy.replace) this.#set(id, file);
      return "same";
    }
    const mayReplace = policy.replace && (policy.former === null || policy.former === former);
    if (!mayReplace) throw new RequestError("exists");
    this.#set(id, file);
    this.#forget(former);
    return "replaced";
  }

  /**
   * Makes a folder, and those on its way.
   *
   * @returns whether it was not there before
   * @throws {RequestError} `not-a-file` if a file is at the path, or above it; `exists` for other spellings
   */
  makeFolder(path: string, stampMs: number): boolean {
    const { parent, row, missing } = this.#rows.place(path);
    if (row !== null && row.type !== "folder") throw new RequestError("not-a-file");
    this.#makeFolders(parent, missing, stampMs);
    return missing.length > 0;
  }

  /**
   * Removes a file, or a folder that is empty.
   *
   * @returns what was removed; `null` if nothing is there, or a folder is not empty
   */
  remove(path: string, stampMs: number): EntryType | null {
    const row = this.#rows.find(path);
    if (row === null || row.type === "folder" && !this.#rows.isEmpty(row.id)) return null;
    this.#touchParent(row.id, stampMs);
    this.#delete.run(row.id);
    this.#forget(row.sha256);
    return row.type;
  }

  /**
   * Gives a file or a folder another path. The folder of the new path must be there.
   *
   * @param replace whether a file may take the place of a file
   * @throws {RequestError} `not-found`, `exists`, `not-a-file`; `bad-path` for a folder into itself
   */
  move(from: string, to: string, replace: boolean, stampMs: number): void {
    const source = this.#rows.find(from);
    if (source === null) throw new RequestError("not-found");
    if (to.startsWith(`${from}/`) && source.type === "folder") {
      throw new RequestError("bad-path", undefined, { reason: "path-inside" });
    }
    const parent = this.#rows.folderId(parentOf(to));
    if (parent === null) {
      throw new RequestError(this.#rows.find(parentOf(to)) === null ? "not-found" : "not-a-file");
    }
    const name = lastComponent(to);
    const target = this.#rows.alike(parent, name);
    const isCase = target?.id === source.id && target.name !== name;
    if (target !== null && !isCase) this.#checkReplaced(source, target, replace, name);
    this.#touchParent(source.id, stampMs);
    if (target !== null && !isCase) this.#delete.run(target.id);
    this.#rename.run(parent, name, sortKey(name), pathKey(name), source.id);
    this.#touch.run(stampMs, parent);
    if (!isCase) this.#forget(target?.sha256 ?? null);
  }

  #checkReplaced(source: CatalogueRow, target: CatalogueRow, replace: boolean, name: string): void {
    if (target.name !== name) throw alikeName();
    if (target.id === source.id || !replace) throw new RequestError("exists");
    if (source.type !== "file" || target.type !== "file") throw new RequestError("not-a-file");
  }

  #makeFolders(parent: number, names: readonly string[], stampMs: number): number {
    let id = parent;
    for (const name of names) {
      this.#touch.run(stampMs, id);
      id = this.#add(id, name, { ...NO_FILE, mtimeMs: stampMs });
    }
    return id;
  }

  #add(
    parent: number,
    name: string,
    { size, mtimeMs, sha256, isExecutable }: Omit<CatalogueFile, "sha256"> & {
      readonly sha256: string | null;
    },
  ): number {
    const values = [size, mtimeMs, sha256, Number(isExecutable)];
    const names = [parent, name, sortKey(name), pathKey(name)];
    return Number(this.#insert.run(...names, ...values).lastInsertRowid);
  }

  #set(id: number, { size, mtimeMs, sha256, isExecutable }: CatalogueFile): void {
    this.#update.run(size, mtimeMs, sha256, Number(isExecutable), id);
  }

  /** Copies of a content that no path has any more are not kept. */
  #forget(sha256: string | null): void {
    if (sha256 !== null) this.#forgetCopies.run(sha256);
  }

  #touchParent(id: number, stampMs: number): void {
    this.#touch.run(stampMs, this.#rows.parentOf(id));
  }
}
