import { pause } from "../async/pause.ts";
import type { ListedEntry, Omissions } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { isPortable, pathIn } from "../protocol/path.ts";
import type { CatalogueRow, CatalogueRows } from "./catalogue_rows.ts";
import { componentsAfter, type ListedPages, type ListingOptions } from "./listing.ts";
import { OmittedPaths } from "./omitted_paths.ts";

/** Rows that are read at once: a millisecond of work. */
const ROWS_AT_ONCE = 256;
/** How long a listing works before other work has its turn. */
const TURN_MS = 4;

/** A folder in which a listing is. */
interface Level {
  readonly id: number;
  readonly path: string;
  readonly rows: CatalogueRow[];
  /** The name of the last row that was read. */
  last: string;
  isWhole: boolean;
}

/** The files and folders of the catalogue below a folder, in the order of a `Listing`. */
export class CatalogueListing implements ListedPages {
  readonly #rows: CatalogueRows;
  readonly #options: Required<Omit<ListingOptions, "reader" | "hashesOf">>;
  readonly #hasHashes: boolean;
  readonly #levels: Level[] = [];
  readonly #omitted = new OmittedPaths();
  #peeked: ListedEntry | null = null;
  #turnMs = performance.now();

  /**
   * @param folder as returned by `checkPath`, or `""` for the root
   * @throws {RequestError} `not-found` if there is no such folder
   */
  constructor(rows: CatalogueRows, folder: string, options: ListingOptions) {
    const { recursive, after, names = true, isVisible = () => true } = options;
    this.#rows = rows;
    this.#options = { recursive, after, names, isVisible };
    this.#hasHashes = options.hashesOf !== undefined;
    const id = rows.folderId(folder);
    if (id === null) throw new RequestError("not-found");
    this.#enter(id, folder, after === null ? [] : componentsAfter(folder, after));
  }

  /** @inheritdoc */
  get heldNames(): number {
    return this.#levels.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** @inheritdoc */
  async peek(signal?: AbortSignal): Promise<ListedEntry | null> {
    while (this.#peeked === null && this.#levels.length > 0) {
      signal?.throwIfAborted();
      if (performance.now() - this.#turnMs > TURN_MS) await this.#endTurn();
      this.#peeked = this.#next();
    }
    return this.#peeked;
  }

  /** @inheritdoc */
  advance(): void {
    this.#peeked = null;
  }

  /** @inheritdoc */
  takeOmitted(): Omissions {
    return this.#omitted.take();
  }

  async #endTurn(): Promise<void> {
    await pause(0);
    this.#turnMs = performance.now();
  }

  /** One step: the next entry, or `null` where it takes another step. */
  #next(): ListedEntry | null {
    const level = this.#levels.at(-1);
    const row = level?.rows.shift();
    if (level === undefined) return null;
    if (row === undefined) {
      if (level.isWhole) this.#levels.pop();
      else this.#read(level);
      return null;
    }
    const path = pathIn(level.path, row.name);
    if (!this.#isListed(path, row)) return null;
    if (row.type === "folder" && this.#options.recursive) this.#enter(row.id, path, []);
    return toEntry(path, row, this.#hasHashes);
  }

  #isListed(path: string, { type }: CatalogueRow): boolean {
    if (!this.#options.isVisible(path, type)) return false;
    if (this.#options.names || isPortable(path)) return true;
    this.#omitted.add({ path, reason: "name" });
    return false;
  }

  /** @param after components of the path behind which the listing goes on */
  #enter(id: number, path: string, [first = "", ...rest]: readonly string[]): void {
    this.#levels.push({ id, path, rows: [], last: first, isWhole: false });
    if (first === "" || !this.#options.recursive) return;
    const row = this.#rows.child(id, first);
    const inner = pathIn(path, first);
    if (row?.type === "folder" && this.#isListed(inner, row)) this.#enter(row.id, inner, rest);
  }

  #read(level: Level): void {
    level.rows.push(...this.#rows.page(level.id, level.last, ROWS_AT_ONCE));
    level.isWhole = level.rows.length < ROWS_AT_ONCE;
    level.last = level.rows.at(-1)?.name ?? level.last;
  }
}

function toEntry(
  path: string,
  { type, size, mtimeMs, isExecutable, sha256 }: CatalogueRow,
  hasHashes: boolean,
): ListedEntry {
  return {
    path,
    type,
    size,
    mtime: mtimeMs,
    ...(isExecutable && { exec: true }),
    ...(hasHashes && sha256 !== null && { sha256 }),
  };
}
