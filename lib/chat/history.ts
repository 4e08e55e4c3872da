import type { DatabaseSync } from "node:sqlite";
import type { RoomEvent } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { LIST_BYTES } from "./frame_budget.ts";

/** How much is kept where nobody says. */
const ON_DISK = { messages: LIMITS.historyMessages, rooms: LIMITS.roomsRemembered };
const IN_MEMORY = { messages: LIMITS.historyMessages / 10, rooms: LIMITS.roomsRemembered / 10 };
/** Old messages are deleted each time that so many new ones have come to a room. */
const PRUNE_MESSAGES = 256;
/** Messages that are read where nobody says how many. */
const DEFAULT_LIMIT = 50;
/** More never fit into an answer. */
const MAX_LIMIT = 1_000;
/** What SQLite calls a full disk. */
const SQLITE_FULL = 13;

/** What a history can be told; everything has a default. */
export interface HistoryOptions {
  /** Messages that are kept of each room; 0 keeps none. Default 10,000, in memory 1,000. */
  readonly keep?: number;
  /** Rooms that are remembered at all. Default 10,000, in memory 1,000. */
  readonly maxRooms?: number;
  /** Told when the database fails, and then not before it has worked again. Must not throw. */
  readonly onHistoryError?: (error: unknown) => void;
}

/** Which messages to read, in whole numbers; those numbered `before` and `after` are not among them. */
export interface HistoryRange {
  readonly before?: number;
  readonly after?: number;
  /** Default 50. */
  readonly limit?: number;
}

/** Messages that follow each other in one room. */
export interface RoomBatch {
  readonly room: string;
  /** The number of the last message that is known; a database that was shared may know of more. */
  readonly lastSeq: number;
  /** Gives the messages their numbers, and returns each as the JSON of its event. */
  readonly number: (firstSeq: number) => readonly string[];
}

/**
 * What was said in the rooms, and the number of the last message of each, in the database.
 *
 * The methods throw a {@link RequestError} where the database fails: `no-space`, else `internal`.
 */
export class History {
  readonly #database: DatabaseSync;
  readonly #keep: number;
  readonly #maxRooms: number;
  readonly #onError: (error: unknown) => void;
  readonly #statements: ReturnType<typeof prepareStatements>;
  #isFailing = false;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync, options: HistoryOptions = {}) {
    this.#database = database;
    const most = database.location() === null ? IN_MEMORY : ON_DISK;
    this.#keep = options.keep ?? most.messages;
    this.#maxRooms = options.maxRooms ?? most.rooms;
    this.#onError = options.onHistoryError ?? (() => {});
    this.#statements = prepareStatements(database);
  }

  /** The number of the last message of a room, 0 where there was none. */
  lastSeq(room: string): number {
    return this.#guard(() => Number(this.#statements.lastSeq.get(room)?.seq ?? 0));
  }

  /**
   * Adds messages, all or none of them. When it returns, they outlive the process; what the database
   * keeps of the old ones and of the rooms stays within its bounds.
   */
  append(chapters: readonly RoomBatch[]): void {
    this.#guard(() => this.#inTransaction(() => this.#insert(chapters)));
    this.#isFailing = false;
  }

  /**
   * Messages of a room, oldest first, at most as many as fit into an answer: with `after` the oldest
   * in the range, else the newest.
   */
  read(room: string, { before, after, limit }: HistoryRange = {}): RoomEvent[] {
    return this.#guard(() => {
      const from = Math.max(after ?? 0, this.lastSeq(room) - this.#keep);
      const to = before ?? Number.MAX_SAFE_INTEGER;
      const count = Math.max(0, Math.min(limit ?? DEFAULT_LIMIT, MAX_LIMIT));
      const { oldest, newest } = this.#statements;
      const statement = after === undefined ? newest : oldest;
      const rows = statement.all(room, from, to, count, LIST_BYTES);
      return rows.map(({ event }) => JSON.parse(String(event)));
    });
  }

  /** Deletes what is beyond the bounds: they may have been wider before. Throws nothing. */
  prune(): void {
    try {
      this.#guard(() => this.#statements.deleteAllOld.run(this.#keep));
    } catch {
      // It was told. What is too much is not shown, and goes as new messages come
    }
  }

  #insert(chapters: readonly RoomBatch[]): void {
    let areNew = false;
    for (const { room, lastSeq, number } of chapters) {
      const keptSeq = this.lastSeq(room);
      if (keptSeq === 0) areNew = true;
      const before = Math.max(lastSeq, keptSeq);
      const events = number(before + 1);
      this.#insertEvents(room, before, events);
      this.#statements.setSeq.run(room, before + events.length, Date.now());
    }
    if (areNew) this.#forgetRooms();
  }

  #insertEvents(room: string, before: number, events: readonly string[]): void {
    if (this.#keep === 0) return;
    const { insert, deleteOld } = this.#statements;
    let seq = before;
    for (const event of events) insert.run(room, ++seq, event);
    const isDue = Math.floor(seq / PRUNE_MESSAGES) > Math.floor(before / PRUNE_MESSAGES);
    if (isDue) deleteOld.run(room, seq - this.#keep);
  }

  /**
   * Those where least was said go first, so that many new rooms push out each other. Some more go at
   * once, so that not every new room has to look for one.
   */
  #forgetRooms(): void {
    const { countRooms, leastSpoken, deleteOld, deleteRoom } = this.#statements;
    const surplus = Number(countRooms.get()?.count) - this.#maxRooms;
    if (surplus <= 0) return;
    for (const { room } of leastSpoken.all(surplus + Math.floor(this.#maxRooms / 100))) {
      deleteOld.run(String(room), Number.MAX_SAFE_INTEGER);
      deleteRoom.run(String(room));
    }
  }

  #inTransaction(work: () => void): void {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      work();
      commit.run();
    } catch (error) {
      // SQLite may have done so by itself
      if (this.#database.isTransaction) rollback.run();
      throw error;
    }
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof RequestError) throw cause;
      if (!this.#isFailing) this.#onError(cause);
      this.#isFailing = true;
      throw new RequestError(isDiskFull(cause) ? "no-space" : "internal", undefined, { cause });
    }
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    lastSeq: database.prepare("SELECT seq FROM rooms WHERE room = ?"),
    setSeq: database.prepare("INSERT OR REPLACE INTO rooms VALUES (?, ?, ?)"),
    insert: database.prepare("INSERT INTO messages VALUES (?, ?, ?)"),
    oldest: database.prepare(selectFitting("ASC")),
    newest: database.prepare(selectFitting("DESC")),
    deleteOld: database.prepare("DELETE FROM messages WHERE room = ? AND seq <= ?"),
    // CROSS keeps the order: room by room, not message by message
    deleteAllOld: database.prepare(
      `DELETE FROM messages WHERE (room, seq) IN (
         SELECT room, messages.seq FROM rooms CROSS JOIN messages USING (room)
         WHERE messages.seq <= rooms.seq - ?
       )`,
    ),
    countRooms: database.prepare("SELECT count(*) AS count FROM rooms"),
    leastSpoken: database.prepare("SELECT room FROM rooms ORDER BY seq, spoken_ms LIMIT ?"),
    deleteRoom: database.prepare("DELETE FROM rooms WHERE room = ?"),
  };
}

/** The first in an order, as many as fit, oldest first: what does not fit is not even read. */
function selectFitting(order: "ASC" | "DESC"): string {
  return `
    WITH found AS (
      SELECT seq, event FROM messages WHERE room = ? AND seq > ? AND seq < ?
      ORDER BY seq ${order} LIMIT ?
    ), counted AS (
      SELECT seq, event, sum(octet_length(event) + 1) OVER (ORDER BY seq ${order}) AS bytes FROM found
    )
    SELECT event FROM counted WHERE bytes <= ? ORDER BY seq`;
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_FULL;
}
