import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { FileStamp } from "./file_stamp.ts";

/** A file of the served folder that is a file of the catalogue, too. */
export interface Holding {
  /** Its state when that was so. */
  readonly stamp: FileStamp;
  /** In hex; `null` for a folder. */
  readonly sha256: string | null;
  /** When its bytes were last hashed, in milliseconds since 1970; 0 if that is not known. */
  readonly checkedMs: number;
  /** Whether they were not those of its SHA-256 then: it is kept, and not served. */
  readonly isWrong: boolean;
}

/** A holding and its path, relative to the served folder. */
export interface HoldingAt extends Holding {
  readonly path: string;
}

/** A file that this server holds, with its path. */
export interface HeldFile extends HoldingAt {
  readonly sha256: string;
}

/** A holding in the order of the checks: the one that was checked longest ago comes first. */
export type CheckedAt = Pick<HoldingAt, "checkedMs" | "path">;

/** The holding of a folder, whose content is not of interest. */
export const FOLDER_HOLDING: Holding = {
  stamp: { sizeBytes: 0, modifiedMs: 0, changedMs: 0, inode: 0 },
  sha256: null,
  checkedMs: 0,
  isWrong: false,
};
/** What a folder has in the place of a hash. */
const FOLDER_HASH = "";
/** When a file was checked whose bytes are in doubt: before all that were never checked. */
const IN_DOUBT_MS = -1;
/** Before all others in the order of the checks. */
const FIRST: CheckedAt = { checkedMs: IN_DOUBT_MS - 1, path: "" };

/**
 * What this server has of the catalogue in its served folder. Of a file there that is no holding, nobody else
 * knows; a holding that the catalogue lacks was removed or moved elsewhere.
 */
export class Holdings {
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #page: StatementSync;
  readonly #withHash: StatementSync;
  readonly #due: StatementSync;
  readonly #check: StatementSync;
  readonly #doubt: StatementSync;
  readonly #doubtLater: StatementSync;
  readonly #doubtWrong: StatementSync;
  readonly #wrong: StatementSync;
  readonly #oldest: StatementSync;
  readonly #wrongCount: StatementSync;

  /** The caller owns the database and closes it. */
  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#select = prepare("SELECT * FROM holdings WHERE path = ?");
    this.#upsert = prepare("INSERT OR REPLACE INTO holdings VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#delete = prepare("DELETE FROM holdings WHERE path = ?");
    this.#page = prepare("SELECT * FROM holdings WHERE path > ? ORDER BY path LIMIT ?");
    this.#withHash = prepare(
      "SELECT * FROM holdings WHERE sha256 = ? AND wrong = 0 ORDER BY path LIMIT ?",
    );
    this.#due = prepare(
      `SELECT * FROM holdings WHERE sha256 <> '' AND checked_ms < ? AND (checked_ms, path) > (?, ?)
       ORDER BY checked_ms, path LIMIT 1`,
    );
    this.#check = prepare("UPDATE holdings SET checked_ms = ?, wrong = ? WHERE path = ?");
    this.#doubt = prepare(
      `UPDATE holdings SET checked_ms = ${IN_DOUBT_MS} WHERE sha256 = ? AND checked_ms < ?`,
    );
    this.#doubtLater = prepare(
      "UPDATE holdings SET checked_ms = 0 WHERE sha256 <> '' AND checked_ms > ?",
    );
    this.#doubtWrong = prepare(
      `UPDATE holdings SET checked_ms = ${IN_DOUBT_MS} WHERE wrong = 1 AND path > '' AND checked_ms < ?`,
    );
    this.#wrong = prepare(
      "SELECT * FROM holdings WHERE wrong = 1 AND path > ? ORDER BY path LIMIT ?",
    );
    this.#oldest = prepare("SELECT min(checked_ms) AS ms FROM holdings WHERE sha256 <> ''");
    this.#wrongCount = prepare("SELECT count(*) AS count FROM holdings WHERE wrong = 1");
  }

  /** The holding at a path; `null` if there is none. */
  find(path: string): Holding | null {
    const row = this.#select.get(path);
    return row === undefined ? null : toHolding(row);
  }

  /** Stores a holding. */
  set(path: string, { stamp, sha256, checkedMs, isWrong }: Holding): void {
    const { sizeBytes, modifiedMs, changedMs, inode } = stamp;
    const state = [sha256 ?? FOLDER_HASH, checkedMs, Number(isWrong)];
    this.#upsert.run(path, sizeBytes, modifiedMs, changedMs, BigInt(inode), ...state);
  }

  /** Forgets a holding. */
  delete(path: string): void {
    this.#delete.run(path);
  }

  /** Some of the holdings behind a path, in the order of their paths. */
  page(after: string, limit: number): HoldingAt[] {
    return this.#page.all(after, limit).map(toHolding);
  }

  /** A few holdings of a content that are not known to be wrong. @param sha256 in hex */
  withHash(sha256: string, limit: number): HoldingAt[] {
    return this.#withHash.all(sha256, limit).map(toHolding);
  }

  /**
   * The file that was checked longest ago, and before a time; `null` if there is none.
   *
   * @param beforeMs milliseconds since 1970; 0 for those that are in doubt
   * @param after only files behind this one. Default: all
   */
  due(beforeMs: number, after: CheckedAt | null): HeldFile | null {
    const { checkedMs, path } = after ?? FIRST;
    const row = this.#due.get(beforeMs, checkedMs, path);
    return row === undefined ? null : toHeldFile(row);
  }

  /** Stores what the check of a file has found. @param checkedMs milliseconds since 1970 */
  setChecked(path: string, checkedMs: number, isWrong: boolean): void {
    this.#check.run(checkedMs, Number(isWrong), path);
  }

  /**
   * The files of a content are to be checked before all others.
   *
   * @param sha256 in hex
   * @param beforeMs only those that were checked before that time, milliseconds since 1970. Default: all
   */
  doubt(sha256: string, beforeMs: number = Number.MAX_SAFE_INTEGER): void {
    this.#doubt.run(sha256, beforeMs);
  }

  /**
   * Files that were checked after a time count as never checked: the clock was wrong then.
   *
   * @param ms milliseconds since 1970
   */
  doubtLaterThan(ms: number): void {
    this.#doubtLater.run(ms);
  }

  /**
   * Files that are known to be wrong are to be checked before all others: their bytes may be right again.
   *
   * @param beforeMs only those that were checked before that time, milliseconds since 1970
   */
  doubtWrong(beforeMs: number): void {
    this.#doubtWrong.run(beforeMs);
  }

  /** Some of the files that are known to be wrong, behind a path, in the order of their paths. */
  wrong(after: string, limit: number): HeldFile[] {
    return this.#wrong.all(after, limit).map(toHeldFile);
  }

  /** How many files are known to be wrong. */
  get wrongCount(): number {
    return Number(this.#wrongCount.get()?.count);
  }

  /**
   * When the file was checked that was checked longest ago, in milliseconds since 1970; 0 if one waits for its first
   * check, or is in doubt; `null` if there is no file.
   */
  get oldestCheckMs(): number | null {
    const ms = this.#oldest.get()?.ms ?? null;
    return ms === null ? null : Math.max(0, Number(ms));
  }
}

function toHolding(row: Record<string, unknown>): HoldingAt {
  return { ...toHeldFile(row), sha256: row.sha256 === FOLDER_HASH ? null : String(row.sha256) };
}

function toHeldFile(row: Record<string, unknown>): HeldFile {
  return {
    path: String(row.path),
    stamp: {
      sizeBytes: Number(row.size),
      modifiedMs: Number(row.modified_ms),
      changedMs: Number(row.changed_ms),
      inode: Number(row.inode),
    },
    sha256: String(row.sha256),
    checkedMs: Number(row.checked_ms),
    isWrong: row.wrong === 1,
  };
}
