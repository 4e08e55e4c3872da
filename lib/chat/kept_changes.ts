import type { DatabaseSync } from "node:sqlite";
import type { PrivateMessage } from "../protocol/chat_events.ts";
import { LIMITS } from "../protocol/limits.ts";
import { mailboxFull } from "./chat_errors.ts";

/** A private message that waits for its recipient. */
export interface KeptMessage {
  readonly number: number;
  readonly event: PrivateMessage;
}

/** A private message that is to be kept. */
export interface MessageToKeep {
  /** The mailbox of the recipient. */
  readonly owner: string;
  readonly event: PrivateMessage;
  /** The network of the sender, whose messages are counted together; `null` if they are not. */
  readonly network: string | null;
}

/** Where a private message is kept. */
export interface KeptReceipt {
  /** No message gets it again. */
  readonly number: number;
  /** Until when it is kept, in milliseconds since 1970. */
  readonly untilMs: number;
}

/**
 * Changes the kept messages, in a transaction of the caller or without one. The same changes, with the
 * same times, lead to the same rows. Methods throw the errors of SQLite.
 */
export class KeptChanges {
  readonly #statements: ReturnType<typeof prepareStatements>;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database);
  }

  /**
   * Keeps a message for a while. One that is kept for this owner already stays as it is.
   *
   * @throws {RequestError} `busy` with the reason `mailbox-full` beyond the limits
   */
  add({ owner, event, network }: MessageToKeep, nowMs: number): KeptReceipt {
    const { deleteOld, find, countOf, countFrom, countAll, insert } = this.#statements;
    deleteOld.run(nowMs);
    const known = event.id === undefined ? undefined : find.get(owner, event.id);
    if (known !== undefined) {
      return { number: Number(known.number), untilMs: Number(known.until_ms) };
    }
    const isFull = Number(countOf.get(owner)?.count) >= LIMITS.keptMessagesPerClient ||
      Number(countFrom.get(network)?.count) >= LIMITS.keptMessagesPerNetwork ||
      Number(countAll.get()?.count) >= LIMITS.keptMessages;
    if (isFull) throw mailboxFull();
    const untilMs = nowMs + LIMITS.keptMessageMs;
    const { lastInsertRowid } = insert.run(owner, JSON.stringify(event), untilMs, network);
    return { number: Number(lastInsertRowid), untilMs };
  }

  /** Removes a message. */
  remove(number: number): void {
    this.#statements.remove.run(number);
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    find: database.prepare(
      "SELECT number, until_ms FROM kept_messages WHERE owner = ? AND event ->> '$.id' = ?",
    ),
    insert: database.prepare(
      "INSERT INTO kept_messages (owner, event, until_ms, network) VALUES (?, ?, ?, ?)",
    ),
    countOf: database.prepare("SELECT count(*) AS count FROM kept_messages WHERE owner = ?"),
    countFrom: database.prepare("SELECT count(*) AS count FROM kept_messages WHERE network = ?"),
    countAll: database.prepare("SELECT count(*) AS count FROM kept_messages"),
    remove: database.prepare("DELETE FROM kept_messages WHERE number = ?"),
    deleteOld: database.prepare("DELETE FROM kept_messages WHERE until_ms <= ?"),
  };
}
