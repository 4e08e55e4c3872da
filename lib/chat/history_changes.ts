import type { DatabaseSync } from "node:sqlite";
import type { Topic } from "../protocol/chat_answers.ts";
import { type MessageBounds, StoredMessages } from "./stored_messages.ts";

/** The old messages of a room are deleted at every 256th new message. */
const PRUNE_MESSAGES = 256;

/** Bounds of {@link HistoryChanges}. */
export interface HistoryBounds extends MessageBounds {
  /** Messages kept of each room; 0 keeps none. */
  readonly keep: number;
  /** Rooms with stored messages or numbers. */
  readonly maxRooms: number;
}

/** The last message of a room. */
export interface LastMessage {
  /** 0 if there was none. */
  readonly seq: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly timeMs: number;
}

/**
 * Changes the history in a transaction of the caller, which has it all written before the commit with `write`,
 * and reports the end with `settle`. The same
 * changes, with the same times, lead to the same rows, in as many transactions as they are.
 *
 * Methods throw the errors of SQLite.
 */
export class HistoryChanges {
  readonly #keep: number;
  readonly #maxRooms: number;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #messages: StoredMessages;
  /** The last messages of the rooms that the open transaction has added to; they are not written yet. */
  readonly #added = new Map<string, LastMessage>();

  /** Uses the database, does not own it. @throws if it cannot be read */
  constructor(database: DatabaseSync, { keep, maxRooms, ...bounds }: HistoryBounds) {
    this.#keep = keep;
    this.#maxRooms = maxRooms;
    this.#statements = prepareStatements(database);
    this.#messages = new StoredMessages(database, bounds);
  }

  /** The last message of a room; `null` for a room without a row. */
  last(room: string): LastMessage | null {
    const added = this.#added.get(room);
    if (added !== undefined) return added;
    const row = this.#statements.last.get(room);
    return row === undefined ? null : { seq: Number(row.seq), timeMs: Number(row.spoken_ms) };
  }

  /** Adds messages that follow the number `before`, and deletes old ones beyond the bounds. */
  add(room: string, before: number, events: readonly string[], timeMs: number): void {
    this.#addEvents(room, before, events);
    this.#added.set(room, { seq: before + events.length, timeMs });
  }

  /** Writes what is not written yet. The transaction must not be committed before. */
  write(): void {
    for (const [room, { seq, timeMs }] of this.#added) {
      this.#statements.setSeq.run(room, seq, timeMs);
    }
    this.#added.clear();
  }

  /**
   * Sets the topic of a room; `null` removes it. `forgetRooms` is for the caller to call.
   *
   * @param seq the number of the last message of a room without a row
   */
  setTopic(room: string, topic: Topic | null, timeMs: number, seq = 0): void {
    this.write();
    const { text, from, time } = topic ?? { text: null, from: null, time: null };
    this.#statements.setTopic.run(room, seq, timeMs, text, from, time);
  }

  /**
   * Deletes the rooms with the fewest messages beyond the bound, so that many new rooms displace
   * each other. Deletes 1 % more than needed, so that not every new room has to search.
   *
   * @returns the highest number of a deleted room; 0 if none was deleted
   */
  forgetRooms(): number {
    this.write();
    const { countRooms, quietest, deleteRoom } = this.#statements;
    const surplus = Number(countRooms.get()?.count) - this.#maxRooms;
    if (surplus <= 0) return 0;
    let highest = 0;
    for (const { room, seq } of quietest.all(surplus + Math.floor(this.#maxRooms / 100))) {
      highest = Math.max(highest, Number(seq));
      this.#messages.deleteUpTo(String(room), Number.MAX_SAFE_INTEGER);
      deleteRoom.run(String(room));
    }
    return highest;
  }

  /** Deletes all but the messages to keep of each room. A transaction of its own. */
  deleteAllOld(): void {
    this.#messages.deleteAllOld(this.#keep);
  }

  /** To be called when another history was put in place of this one. */
  reload(): void {
    this.#messages.reload();
  }

  /** Ends the changes of a transaction. */
  settle(isCommitted: boolean): void {
    this.#added.clear();
    this.#messages.settle(isCommitted);
  }

  #addEvents(room: string, before: number, events: readonly string[]): void {
    if (this.#keep === 0) return;
    this.#messages.add(room, before + 1, events);
    const seq = before + events.length;
    const isDue = Math.floor(seq / PRUNE_MESSAGES) > Math.floor(before / PRUNE_MESSAGES);
    if (isDue) this.#messages.deleteUpTo(room, seq - this.#keep);
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    last: database.prepare("SELECT seq, spoken_ms FROM rooms WHERE room = ?"),
    setSeq: database.prepare(
      `INSERT INTO rooms (room, seq, spoken_ms) VALUES (?, ?, ?)
       ON CONFLICT (room) DO UPDATE SET seq = excluded.seq, spoken_ms = excluded.spoken_ms`,
    ),
    setTopic: database.prepare(
      `INSERT INTO rooms (room, seq, spoken_ms, topic, topic_from, topic_ms)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (room) DO UPDATE
       SET topic = excluded.topic, topic_from = excluded.topic_from, topic_ms = excluded.topic_ms`,
    ),
    countRooms: database.prepare("SELECT count(*) AS count FROM rooms"),
    quietest: database.prepare("SELECT room, seq FROM rooms ORDER BY seq, spoken_ms, room LIMIT ?"),
    deleteRoom: database.prepare("DELETE FROM rooms WHERE room = ?"),
  };
}
