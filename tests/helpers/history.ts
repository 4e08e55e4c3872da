import type { DatabaseSync } from "node:sqlite";
import { History, type HistoryOptions, type RoomBatch } from "../../lib/chat/history.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";

/** A history with its own database. Disposal closes it. */
export class TestHistory extends History implements Disposable {
  readonly database: DatabaseSync;
  readonly errors: unknown[];

  constructor(options: HistoryOptions = {}, path = IN_MEMORY) {
    const database = openDatabase(path);
    const errors: unknown[] = [];
    super(database, { onHistoryError: (error) => errors.push(error), ...options });
    this.database = database;
    this.errors = errors;
  }

  /** Adds messages with the next numbers. */
  say(room: string, texts: readonly string[]): void {
    this.append([batchOf(room, texts)]);
  }

  /** The numbers of the messages that `read` returns. */
  seqs(room: string, range?: Parameters<History["read"]>[1]): number[] {
    return this.read(room, range).map(({ seq }) => seq);
  }

  count(table: "rooms" | "messages"): number {
    return Number(this.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n);
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

/** A message of ana. */
export function messageOf(room: string, seq: number, text: string): RoomEvent {
  return { event: "message", seq, room, from: "ana", text, time: 1_000 + seq };
}

/** Messages that are numbered after those of the room. */
export function batchOf(room: string, texts: readonly string[], lastSeq = 0): RoomBatch {
  const encode = (firstSeq: number) =>
    texts.map((text, i) => JSON.stringify(messageOf(room, firstSeq + i, text)));
  return { room, lastSeq, encode };
}
