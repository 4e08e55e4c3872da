import type { DatabaseSync } from "node:sqlite";
import type { PrivateMessage } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import { databaseErrorCode } from "../files/database.ts";
import { KeptChanges, type KeptMessage, type KeptReceipt } from "./kept_changes.ts";

/** Options of {@link KeptMessages}; each has a default. */
export interface KeptMessagesOptions {
  /** Throws if the database has lost its file. Default: nothing. */
  readonly checkStorage?: () => void;
  /** The time in milliseconds since 1970. Default: that of the system. */
  readonly now?: () => number;
}

/** The private messages that wait in the database until their recipients are back. */
export class KeptMessages {
  /** The changes of the log of a cluster, which bring their own time and transaction. */
  readonly changes: KeptChanges;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #checkStorage: () => void;
  readonly #now: () => number;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync, options: KeptMessagesOptions = {}) {
    this.changes = new KeptChanges(database);
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
  ): KeptReceipt {
    return guard(() => {
      this.#checkStorage();
      return this.changes.add({ owner, event, network }, this.#now());
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
      this.changes.remove(number);
    } catch {
      // It expires
    }
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    select: database.prepare(
      "SELECT number, event FROM kept_messages WHERE owner = ? AND until_ms > ? ORDER BY number",
    ),
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
