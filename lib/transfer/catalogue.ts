import type { CatalogueFile, CatalogueRows } from "../files/catalogue_rows.ts";
import type { FileStamp } from "../files/file_stamp.ts";
import type { HeldFiles } from "../files/held_files.ts";
import type { EntryType } from "../protocol/answers.ts";
import type { JobOwner } from "../worker/fair_queue.ts";

/** Keeping the catalogue is one client among others to the threads. */
export const CATALOGUE_OWNER: JobOwner = { address: "catalogue", client: 0 };

/** Keeps the catalogue and the served folder of this server together. */
export interface CatalogueKeeper extends AsyncDisposable {
  readonly catalogue: Catalogue;
  /** Paths at which the served folder has another file than the catalogue. */
  readonly conflicts: number;
  /** Gives uploads their names that died behind the log's word. Never rejects. */
  mend(signal: AbortSignal): Promise<void>;
  /** Looks at the served folder, now and again and again, until `signal` fires. Never rejects. */
  keep(signal: AbortSignal): Promise<void>;
}

/** A file that is to have a path of the catalogue. Its content is on this server, and synced. */
export interface NewCatalogueFile extends CatalogueFile {
  readonly path: string;
  /** Whether it may replace a file. */
  readonly replace: boolean;
  /** The id of the link that it has come by, which counts its bytes; `null` for none. */
  readonly link: string | null;
}

/**
 * The files that several servers have in common, as the requests of the clients of one of them use it. What is
 * read is local; a change counts once all servers agree on it.
 */
export interface Catalogue {
  readonly rows: CatalogueRows;
  /** What this server has of it in its served folder. */
  readonly held: HeldFiles;
  /** Whether a server has told that it has a content, whether it is there now or not. @param sha256 in hex */
  hasCopy(sha256: string): boolean;
  /** Resolves when all that any client was told of before is read here. */
  caughtUp(): Promise<void>;
  /**
   * Gives a file its path.
   *
   * @throws {RequestError} `exists`, `not-a-file`, `busy`; `denied`, `too-large` as the link refuses it
   */
  put(file: NewCatalogueFile): Promise<void>;
  /**
   * Makes a folder, and those on its way.
   *
   * @returns whether it was not there before
   * @throws {RequestError} as `put` does
   */
  makeFolder(path: string): Promise<boolean>;
  /**
   * Removes files, and folders that are empty, one after the other. Copies are kept for a week, out of sight.
   *
   * @returns by path what was removed; `null` for what was not there, or not empty
   */
  remove(paths: readonly string[]): Promise<readonly (EntryType | null)[]>;
  /** Gives a file or a folder another path. @throws {RequestError} see section 3.11 of the protocol */
  move(from: string, to: string, replace: boolean): Promise<void>;
  /**
   * Clears the place of a file that the catalogue has just got, before it is stored there: what lies there
   * and has another path, or is unknown, is put elsewhere.
   */
  clear(path: string): Promise<void>;
  /** Resolves when the served folder has followed all that the log has moved and removed so far. */
  settled(): Promise<void>;
  /**
   * Tells that a file of the catalogue has its place in the served folder.
   *
   * @param stamp its state when it got there. Default: as it is by now
   */
  stored(path: string, sha256: string, stamp?: FileStamp): Promise<void>;
  /** Looks soon for files of the catalogue that are not at their places. */
  mendSoon(): void;
}
