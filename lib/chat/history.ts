import { databaseErrorCode } from "../files/database.ts";
import type { DatabaseSync } from "node:sqlite";
import type { HistoryRange, Topic } from "../protocol/chat_answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { countUtf8 } from "../protocol/count_utf8.ts";
import { LIST_BYTES } from "./truncate_to_frame.ts";
import { HistoryChanges } from "./history_changes.ts";
import type { KeptEvent } from "./kept_event.ts";

/** The default bounds of a history. */
const ON_DISK = {
  messages: LIMITS.historyMessages,
  rooms: LIMITS.roomsRemembered,
  roomBytes: LIMITS.historyRoomBytes,
  totalBytes: LIMITS.historyBytes,
};
/** A history in memory keeps a tenth. */
const IN_MEMORY = {
  messages: ON_DISK.messages / 10,
  rooms: ON_DISK.rooms / 10,
  roomBytes: Math.floor(ON_DISK.roomBytes / 10),
  totalBytes: Math.floor(ON_DISK.totalBytes / 10),
};
/** More messages never fit into an answer. */
const MAX_LIMIT = 1_000;

/** Options of a {@link History}; each has a default. */
export interface HistoryOptions {
  /** Messages kept of each room; 0 keeps none. Default 10,000, in memory 1,000. */
  readonly keep?: number;
  /**
   * Messages that all servers of a cluster store of each room, of which this one tells the last ones. Default: as
   * many as are kept.
   */
  readonly stored?: number;
  /** Rooms with stored messages or numbers. Default 10,000, in memory 1,000. */
  readonly maxRooms?: number;
  /** Bytes of JSON of the messages of a room. Default 32 MiB, in memory a tenth of that. */
  readonly roomBytes?: number;
  /** Bytes of JSON of all messages. Default 1 GiB, in memory a tenth of that. */
  readonly totalBytes?: number;
  /** Throws if the database has lost its file: what is stored would be gone. Default: nothing. */
  readonly checkStorage?: () => void;
  /** Called when the database fails, once until an append succeeds again. Must not throw. */
  readonly onHistoryError?: (error: unknown) => void;
}

/** A room in the database. */
export interface StoredRoom {
  readonly room: string;
  /** The number of the last message. */
  readonly seq: number;
  /** The text of the topic, or `null`. */
  readonly topic: string | null;
}

/** New messages of a room, in their order. */
export interface RoomBatch {
  readonly room: string;
  /** The last number that the caller knows; the database may hold a higher number. */
  readonly lastSeq: number;
  /** Numbers the messages from `firstSeq` on, and returns the JSON of each event. */
  readonly encode: (firstSeq: number) => readonly string[];
}

/**
 * The messages of the rooms, and the number of the last message of each room, in the database.
 *
 * Methods throw a {@link RequestError} if the database fails: `busy` if another process writes,
 * `no-space` for a full disk, else `internal`.
 */
export class History {
  /** Changes it in a transaction of the caller. */
  readonly changes: HistoryChanges;
  readonly #database: DatabaseSync;
  readonly #keep: number;
  readonly #isShared: boolean;
  readonly #checkStorage: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #statements: ReturnType<typeof prepareStatements>;
  #isFailing = false;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync, options: HistoryOptions = {}) {
    this.#database = database;
    const defaults = database.location() === null ? IN_MEMORY : ON_DISK;
    this.#keep = options.keep ?? defaults.messages;
    this.#isShared = options.stored !== undefined;
    this.#checkStorage = options.checkStorage ?? (() => {});
    this.#onError = options.onHistoryError ?? (() => {});
    this.#statements = prepareStatements(database);
    this.changes = new HistoryChanges(database, {
      keep: options.stored ?? this.#keep,
      maxRooms: options.maxRooms ?? defaults.rooms,
      roomBytes: options.roomBytes ?? defaults.roomBytes,
      totalBytes: options.totalBytes ?? defaults.totalBytes,
    });
  }

  /** The number of the last message of a room; 0 if there was none. */
  lastSeq(room: string): number {
    return this.#guard(() => Number(this.#statements.lastSeq.get(room)?.seq ?? 0));
  }

  /**
   * Stores messages, all or none. When it returns, they outlive the process. Deletes old messages
   * and rooms beyond the bounds. Does not report that another process writes.
   */
  append(batches: readonly RoomBatch[]): void {
    this.#write(() => this.#insert(batches));
  }

  /**
   * The messages of a range, oldest first, as many as fit into an answer: with `after` the first of
   * the range, else the last.
   */
  read(room: string, { before, after, limit }: HistoryRange = {}): KeptEvent[] {
    return this.#guard(() => {
      const from = Math.max(after ?? 0, this.lastSeq(room) - this.#keep);
      const to = before ?? Number.MAX_SAFE_INTEGER;
      const count = Math.max(0, Math.min(limit ?? LIMITS.historyAnswer, MAX_LIMIT));
      const { oldest, newest } = this.#statements;
      const statement = after === undefined ? newest : oldest;
      const events = fitting(
        statement.all(room, from, to, count).map(({ event }) => String(event)),
      );
      if (after === undefined) events.reverse();
      return events.map((event) => JSON.parse(event));
    });
  }

  /** The topic of a room, or `null`. */
  topic(room: string): Topic | null {
    const { topic, topic_from: from, topic_ms: time } =
      this.#guard(() => this.#statements.topic.get(room)) ?? {};
    if (topic === undefined || topic === null) return null;
    return { text: String(topic), from: String(from), time: Number(time) };
  }

  /** Stores the topic of a room; `null` removes it. When it returns, it outlives the process. */
  setTopic(room: string, topic: Topic | null): void {
    this.#write(() => {
      this.changes.setTopic(room, topic, Date.now());
      this.changes.forgetRooms();
    });
  }

  /** The first `count` rooms behind a name that have messages to read, in the order of names. */
  rooms(after: string, count: number): StoredRoom[] {
    const rows = this.#guard(() => this.#statements.rooms.all(after, this.#keep, count));
    return rows.map(({ room, seq, topic }) => ({
      room: String(room),
      seq: Number(seq),
      topic: topic === null ? null : String(topic),
    }));
  }

  /**
   * Deletes messages beyond the bounds, which may have been wider before. Never throws. In a cluster only what
   * all servers do deletes messages: they hold the same, whichever was started last.
   */
  prune(): void {
    if (this.#isShared) return;
    try {
      this.#guard(() => this.changes.deleteAllOld());
    } catch {
      // Reported already. `read` ignores these messages, and later appends delete them
    }
  }

  #insert(batches: readonly RoomBatch[]): void {
    const nowMs = Date.now();
    let hasNewRoom = false;
    for (const { room, lastSeq, encode } of batches) {
      const storedSeq = this.lastSeq(room);
      if (storedSeq === 0) hasNewRoom = true;
      const before = Math.max(lastSeq, storedSeq);
      this.changes.add(room, before, encode(before + 1), nowMs);
    }
    if (hasNewRoom) this.changes.forgetRooms();
  }

  #inTransaction(work: () => void): void {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      work();
      this.changes.write();
      commit.run();
      this.changes.settle(true);
    } catch (error) {
      this.changes.settle(false);
      // SQLite may have rolled back by itself
      if (this.#database.isTransaction) rollback.run();
      throw error;
    }
  }

  #write(work: () => void): void {
    this.#guard(() => {
      this.#checkStorage();
      this.#inTransaction(work);
    });
    this.#isFailing = false;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof RequestError) throw cause;
      const code = databaseErrorCode(cause);
      if (code !== "busy") this.report(cause);
      throw new RequestError(code, undefined, { cause, isLogged: true });
    }
  }

  /** Reports a failure, unless one was reported since the last success. */
  report(error: unknown): void {
    if (!this.#isFailing) this.#onError(error);
    this.#isFailing = true;
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    lastSeq: database.prepare("SELECT seq FROM rooms WHERE room = ?"),
    topic: database.prepare("SELECT topic, topic_from, topic_ms FROM rooms WHERE room = ?"),
    rooms: database.prepare(
      `SELECT room, seq, topic FROM rooms WHERE room > ? AND EXISTS (
         SELECT 1 FROM messages WHERE messages.room = rooms.room AND messages.seq > rooms.seq - ?
       ) ORDER BY room LIMIT ?`,
    ),
    oldest: database.prepare(selectFirst("ASC")),
    newest: database.prepare(selectFirst("DESC")),
  };
}

/** Selects the first messages of an order. */
function selectFirst(order: "ASC" | "DESC"): string {
  return `SELECT event FROM messages WHERE room = ? AND seq > ? AND seq < ? ORDER BY seq ${order} LIMIT ?`;
}

/** The first events that fit into an answer. A sum in SQL takes several times as long. */
function fitting(events: readonly string[]): string[] {
  let bytes = 0;
  const end = events.findIndex((event) => (bytes += countUtf8(event) + 1) > LIST_BYTES);
  return events.slice(0, end < 0 ? undefined : end);
}
