import type { DatabaseSync } from "node:sqlite";
import type { PrivateMessage } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { mailboxFull } from "./chat_errors.ts";
import { databaseErrorCode } from "./history.ts";

/** A private message in the database. */
export interface KeptMessage {
  readonly number: number;
  readonly event: PrivateMessage;
}

/** Options of {@link KeptMessages}; each has a default. */
export interface KeptMessagesOptions {
  /** Throws if the database has lost its file. Default: nothing. */
  readonly checkStorage?: () => void;
  /** The time in milliseconds since 1970. Default: that of the system. */
  readonly now?: () => number;
}

/** The private messages that wait in the database until their recipients are back. */
export class KeptMessages {
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #checkStorage: () => void;
  readonly #now: () => number;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync, options: KeptMessagesOptions = {}) {
    this.#statements = prepareStatements(database);
    this.#checkStorage = options.checkStorage ?? (() => {});
    this.#now = options.now ?? Date.now;
  }

  /**
   * Keeps a message for a while. When it returns, the message outlives the process.
   *
   * @param network of the sender, whose messages are counted together; `null` if they are not
   * @returns its number, and until when it is kept, in milliseconds since 1970
   * @throws {RequestError} `busy` with the reason `mailbox-full` beyond the limits; `busy`, `no-space`
   * or `internal` if the database fails
   */
  add(
    owner: string,
    event: PrivateMessage,
    network: string | null = null,
  ): { readonly number: number; readonly untilMs: number } {
    return guard(() => {
      this.#checkStorage();
      const nowMs = this.#now();
      const { deleteOld, countOf, countFrom, countAll, insert } = this.#statements;
      deleteOld.run(nowMs);
      const isFull = Number(countOf.get(owner)?.count) >= LIMITS.keptMessagesPerClient ||
        Number(countFrom.get(network)?.count) >= LIMITS.keptMessagesPerNetwork ||
        Number(countAll.get()?.count) >= LIMITS.keptMessages;
      if (isFull) throw mailboxFull();
      const untilMs = nowMs + LIMITS.keptMessageMs;
      const { lastInsertRowid } = insert.run(owner, JSON.stringify(event), untilMs, network);
      return { number: Number(lastInsertRowid), untilMs };
    });
  }

  /** The messages for an owner, the oldest first; none while the database fails. */
  list(owner: string): KeptMessage[] {
    try {
      const rows = this.#statements.select.all(owner, this.#now());
      return rows.map(({ number, event }) => {
        return { number: Number(number), event: JSON.parse(String(event)) };
      });
    } catch {
      return [];
    }
  }

  /** Removes a message. Never throws: one that is delivered twice is shown once. */
  remove(number: number): void {
    try {
      this.#statements.remove.run(number);
    } catch {
      // It expires
    }
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    insert: database.prepare(
      "INSERT INTO kept_messages (owner, event, until_ms, network) VALUES (?, ?, ?, ?)",
    ),
    select: database.prepare(
      "SELECT number, event FROM kept_messages WHERE owner = ? AND until_ms > ? ORDER BY number",
    ),
    countOf: database.prepare("SELECT count(*) AS count FROM kept_messages WHERE owner = ?"),
    countFrom: database.prepare("SELECT count(*) AS count FROM kept_messages WHERE network = ?"),
    countAll: database.prepare("SELECT count(*) AS count FROM kept_messages"),
    remove: database.prepare("DELETE FROM kept_messages WHERE number = ?"),
    deleteOld: database.prepare("DELETE FROM kept_messages WHERE until_ms <= ?"),
  };
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    throw new RequestError(databaseErrorCode(cause), undefined, { cause });
  }
}
