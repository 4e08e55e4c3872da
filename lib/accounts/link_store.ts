import type { DatabaseSync, StatementSync } from "node:sqlite";
import { inTransaction } from "../files/database.ts";
import { RequestError } from "../protocol/errors.ts";
import { toVerifier } from "./account_rows.ts";
import { KeptBytes } from "./kept_bytes.ts";
import type { Link, LinkCreator } from "./link.ts";
import { LinkChanges } from "./link_changes.ts";
import { LinkFiles, type PlacedContent } from "./link_files.ts";
import { LinkRoom } from "./link_room.ts";
import { LinkRows, toLink } from "./link_rows.ts";
import type { ScramVerifier } from "./scram_keys.ts";

/** A link, and what proves it. */
export interface LinkCredentials {
  readonly link: Link;
  readonly verifier: ScramVerifier;
}

/** Bytes of a link that an upload under way has to itself. Disposal gives back what is not spent. */
export interface Reservation extends Disposable {
  /**
   * The file is about to get its name. If the server dies now, the next run counts it if it has.
   *
   * @throws {RequestError} `busy` where that cannot be stored
   */
  expect(content: PlacedContent): void;
  /**
   * The file has its name: its bytes are not left any more. Repeated calls do nothing. Where that cannot be stored,
   * they stay reserved, and the next run counts them.
   */
  spend(content: PlacedContent): void;
  /** So many of them stay in the part of the upload, which has broken off. */
  keep(bytes: number): void;
}

/** Changes the database, in a transaction. @returns what follows once that is stored */
type Change = () => (() => void) | void;

/** What tells how many bytes a link takes. */
type LinkBytes = Pick<Link, "id" | "sizeBytes" | "bytesLeft">;

/** Options of a {@link LinkStore}. */
export interface LinkStoreOptions {
  /** Whether several servers have the links: then the entry of a file counts its bytes. Default `false`. */
  readonly isShared?: boolean;
}

/**
 * The links in the database, with a verifier in place of each secret, and their claims.
 *
 * Nothing is cached: a change by another process holds at once. Methods throw the errors of SQLite. Times are
 * milliseconds since 1970.
 */
export class LinkStore {
  readonly #database: DatabaseSync;
  readonly #changes: LinkChanges;
  readonly #files: LinkFiles;
  readonly #room: LinkRoom;
  readonly #isShared: boolean;
  readonly #rows: LinkRows;
  readonly #page: StatementSync;
  /** Bytes of uploads under way, by link. */
  readonly #reserved = new Map<string, number>();
  readonly #kept = new KeptBytes();
  /** While {@link together} collects them. */
  #pending: Change[] | null = null;

  /** Uses the database, and does not own it. */
  constructor(database: DatabaseSync, { isShared = false }: LinkStoreOptions = {}) {
    this.#database = database;
    this.#changes = new LinkChanges(database);
    this.#files = new LinkFiles(database);
    this.#room = new LinkRoom(database);
    this.#isShared = isShared;
    this.#rows = new LinkRows(database);
    this.#page = database.prepare(
      `SELECT * FROM links WHERE id > ? AND (? OR (creator = ? AND creator_ms = ?))
       ORDER BY id LIMIT ?`,
    );
  }

  /** Checks that one more link may be made now. @throws {RequestError} `busy` `links-full` */
  checkRoom(creator: LinkCreator | null, nowMs: number = Date.now()): void {
    this.#room.check(creator, nowMs);
  }

  /** The link of an id; `null` if there is none, or it was forgotten. */
  find(id: string): Link | null {
    return this.#rows.find(id);
  }

  /** The link of an id with its verifier, to check a login. */
  credentialsOf(id: string): LinkCredentials | null {
    const row = this.#rows.get(id);
    return row === null ? null : { link: toLink(row), verifier: toVerifier(row) };
  }

  /**
   * Links in the order of their ids, also those that ended within `linkMemoryMs`.
   *
   * @param creator of these links; `null` for those of all
   * @param after the id of the last one before; `""` for the first page
   */
  page(creator: LinkCreator | null, after: string, limit: number): Link[] {
    const { name = null, createdMs = null } = creator ?? {};
    return this.#page.all(after, creator === null ? 1 : 0, name, createdMs, limit).map(toLink);
  }

  /** All links, the oldest first, as {@link page} does. */
  list(): Link[] {
    const links = this.page(null, "", -1);
    return links.sort((one, other) => one.createdMs - other.createdMs);
  }

  /**
   * Reserves bytes of a link; until disposal they are kept from other uploads of this process.
   *
   * @param part names what is kept of the upload if it breaks off; `null` for nothing
   * @returns `null` if the link takes only so many bytes, and these are not left
   */
  reserve(link: LinkBytes, bytes: number, part: string | null = null): Reservation | null {
    if (link.bytesLeft !== null && bytes > this.bytesLeft(link, part)) return null;
    const { id } = link;
    this.#reserve(id, bytes);
    let isHeld = true;
    let expected: number | null = null;
    const release = () => this.#release(id, bytes);
    const forget = () => {
      if (expected !== null) this.#files.forget(expected);
    };
    return {
      expect: (content) =>
        this.#change(() => {
          const number = this.#files.expect(id, content, bytes);
          return () => expected = number;
        }),
      spend: (content) => {
        if (!isHeld) return;
        isHeld = false;
        if (part !== null) this.#kept.set(id, part, 0);
        if (this.#isShared) return release();
        this.#tryChange(() => {
          this.#changes.spend(id, content, bytes);
          forget();
          return release;
        });
      },
      keep: (keptBytes) => part !== null && this.#kept.set(id, part, keptBytes),
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        if (expected !== null) this.#tryChange(forget); // Else the next run settles it
        release();
      },
    };
  }

  /**
   * Stores the changes that `work` makes of several reservations at once, which takes less time. Where that fails, all
   * of them count as not stored.
   *
   * @throws {RequestError} `busy`
   */
  together(work: () => void): void {
    if (this.#pending !== null) return work();
    const changes: Change[] = this.#pending = [];
    try {
      work();
    } finally {
      this.#pending = null;
    }
    if (changes.length === 0) return;
    try {
      const stored = inTransaction(this.#database, () => changes.map((change) => change()));
      for (const then of stored) then?.();
    } catch (cause) {
      throw new RequestError("busy", "Cannot count what comes by a link", { cause });
    }
  }

  /** The bytes that an upload may have now: without those of others that are under way, or kept. */
  bytesLeft({ id, sizeBytes, bytesLeft }: LinkBytes, part: string | null = null): number {
    if (sizeBytes === null || bytesLeft === null) return 0;
    // What is kept here may have gone on at another server, and be counted there
    const unkept = (this.#isShared ? sizeBytes : bytesLeft) - this.#kept.sum(id, part);
    return Math.max(0, Math.min(bytesLeft, unkept) - (this.#reserved.get(id) ?? 0));
  }

  /** Counts what an earlier run has kept of an upload by a link. @param sinceMs when that has broken off */
  restoreKept(id: string, part: string, bytes: number, sinceMs: number): void {
    this.#kept.set(id, part, bytes, sinceMs);
  }

  /** Whether a content has come to a path by a link. It may be gone, or replaced. */
  hasPut(id: string, content: PlacedContent): boolean {
    return this.#files.has(id, content);
  }

  /**
   * Counts the files that have come, of those that earlier runs expected when they died: one that several uploads
   * were about to bring counts once. What several servers share is counted by their log: then they are forgotten.
   *
   * @param hasCome whether there is a file of a size at a path
   */
  async settle(hasCome: (path: string, sizeBytes: number) => Promise<boolean>): Promise<void> {
    if (this.#isShared) return this.#files.forgetAll();
    const counted = new Set<string>();
    for (const file of this.#files.expected()) {
      const { link, path, sha256, sizeBytes } = file;
      const key = JSON.stringify([link, path, sha256]);
      const isThere = !counted.has(key) && await hasCome(path, sizeBytes);
      if (isThere) counted.add(key);
      const isStored = this.#tryChange(() => this.#changes.settle(file, isThere));
      if (!isStored) this.#reserve(link, sizeBytes); // The next run counts it
    }
  }

  /** Whether a claim was taken, and is still open. */
  isOpen(id: string, claim: string, nowMs: number = Date.now()): boolean {
    return this.#rows.isOpen(id, claim, nowMs);
  }

  /** Stores a change, or lets {@link together} do it. What several servers share is changed by their log. */
  #change(change: Change): void {
    if (!this.#isShared) this.together(() => this.#pending?.push(change));
  }

  /** The same. @returns whether it could be stored */
  #tryChange(change: Change): boolean {
    try {
      this.#change(change);
      return true;
    } catch {
      return false;
    }
  }

  #reserve(id: string, bytes: number): void {
    this.#reserved.set(id, bytes + (this.#reserved.get(id) ?? 0));
  }

  #release(id: string, bytes: number): void {
    const rest = (this.#reserved.get(id) ?? 0) - bytes;
    if (rest > 0) this.#reserved.set(id, rest);
    else this.#reserved.delete(id);
  }
}
