import type { DatabaseSync } from "node:sqlite";
import { countUtf8 } from "../protocol/count_utf8.ts";

/** Messages that are looked at together, at most, to make room. */
const MAX_CHUNK = 256;

/** Bounds of {@link StoredMessages}, in bytes of JSON. */
export interface MessageBounds {
  readonly roomBytes: number;
  readonly totalBytes: number;
}

/**
 * The messages in the database, bounded in bytes. Beyond the bound of a room its oldest go; beyond
 * the bound of all, the oldest of the largest room.
 *
 * Changes belong to a transaction of the caller, which reports its end with `settle`.
 */
export class StoredMessages {
  readonly #bounds: MessageBounds;
  readonly #statements: ReturnType<typeof prepareStatements>;
  /** Bytes by room, of what is committed. */
  #byRoom: Map<string, number>;
  #totalBytes: number;
  /** Bytes of the rooms that the open transaction changes. */
  readonly #changed = new Map<string, number>();

  /** Uses the database, does not own it. @throws if it cannot be read */
  constructor(database: DatabaseSync, bounds: MessageBounds) {
    this.#bounds = bounds;
    this.#statements = prepareStatements(database);
    this.#byRoom = this.#measure();
    this.#totalBytes = sum(this.#byRoom.values());
  }

  /** Adds messages of a room, and deletes the oldest beyond the bounds. */
  add(room: string, firstSeq: number, events: readonly string[]): void {
    const { insert } = this.#statements;
    for (const [i, event] of events.entries()) {
      insert.run(room, firstSeq + i, event);
      this.#grow(room, countUtf8(event));
    }
    this.#free(room, this.#bytesOf(room) - this.#bounds.roomBytes);
    while (this.#totalBytes > this.#bounds.totalBytes) {
      this.#free(this.#largest(), this.#totalBytes - this.#bounds.totalBytes);
    }
  }

  /** Deletes the messages of a room up to a number. */
  deleteUpTo(room: string, seq: number): void {
    const rows = this.#statements.deleteUpTo.all(room, seq);
    this.#grow(room, -sum(rows.map(({ bytes }) => Number(bytes))));
  }

  /** Deletes all but the last `keep` messages of each room. A transaction of its own. */
  deleteAllOld(keep: number): void {
    if (Number(this.#statements.deleteAllOld.run(keep).changes) > 0) this.reload();
  }

  /** To be called when other messages were put in place of these. @throws if they cannot be read */
  reload(): void {
    this.#byRoom = this.#measure();
    this.#totalBytes = sum(this.#byRoom.values());
  }

  /** Ends the changes of a transaction. */
  settle(isCommitted: boolean): void {
    for (const [room, bytes] of this.#changed) {
      const before = this.#byRoom.get(room) ?? 0;
      if (!isCommitted) this.#totalBytes -= bytes - before;
      else if (bytes > 0) this.#byRoom.set(room, bytes);
      else this.#byRoom.delete(room);
    }
    this.#changed.clear();
  }

  #bytesOf(room: string): number {
    return this.#changed.get(room) ?? this.#byRoom.get(room) ?? 0;
  }

  #grow(room: string, bytes: number): void {
    this.#changed.set(room, this.#bytesOf(room) + bytes);
    this.#totalBytes += bytes;
  }

  /** Deletes the oldest messages of a room until so many bytes are free. */
  #free(room: string, neededBytes: number): void {
    for (let needed = neededBytes, count = 1; needed > 0; count *= 4) {
      const rows = this.#statements.oldest.all(room, Math.min(count, MAX_CHUNK));
      if (rows.length === 0) return this.#grow(room, -this.#bytesOf(room));
      const at = rows.findIndex(({ bytes }) => (needed -= Number(bytes)) <= 0);
      this.deleteUpTo(room, Number(rows.at(at)?.seq));
    }
  }

  /** Of rooms that are as large, the first by name: all servers of a cluster choose the same. */
  #largest(): string {
    let largest = "";
    for (const room of [...this.#changed.keys(), ...this.#byRoom.keys()]) {
      const more = this.#bytesOf(room) - this.#bytesOf(largest);
      if (more > 0 || (more === 0 && room < largest)) largest = room;
    }
    return largest;
  }

  #measure(): Map<string, number> {
    const rows = this.#statements.measure.all();
    return new Map(rows.map(({ room, bytes }) => [String(room), Number(bytes)]));
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function prepareStatements(database: DatabaseSync) {
  return {
    measure: database.prepare(
      "SELECT room, sum(octet_length(event)) AS bytes FROM messages GROUP BY room",
    ),
    insert: database.prepare("INSERT INTO messages VALUES (?, ?, ?)"),
    oldest: database.prepare(
      "SELECT seq, octet_length(event) AS bytes FROM messages WHERE room = ? ORDER BY seq LIMIT ?",
    ),
    deleteUpTo: database.prepare(
      `DELETE FROM messages WHERE room = ? AND seq <= ? RETURNING octet_length(event) AS bytes`,
    ),
    // CROSS JOIN fixes the order: room by room, not message by message
    deleteAllOld: database.prepare(
      `DELETE FROM messages WHERE (room, seq) IN (
         SELECT room, messages.seq FROM rooms CROSS JOIN messages USING (room)
         WHERE messages.seq <= rooms.seq - ?
       )`,
    ),
  };
}
