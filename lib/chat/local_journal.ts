import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import { RequestError } from "../protocol/errors.ts";
import type { ChatStore } from "./chat_store.ts";
import { History, type HistoryOptions } from "./history.ts";
import { type KeptEvent, toRoomEvent } from "./kept_event.ts";
import type { Journal, JournalEntry, JournalTarget, Outcome, StoredEntry } from "./journal.ts";
import { KeptMessages } from "./kept_messages.ts";
import type { Member } from "./member.ts";

/** The largest number of messages in one transaction. */
const MAX_BATCH = 1_000;
/** How long entries wait for another process that writes to the database. */
const LOCK_PATIENCE_MS = 5_000;
/** Pause between two attempts. */
const LOCK_RETRY_MS = 25;

/** Options of a {@link LocalJournal} and its history. */
export interface LocalStoreOptions extends HistoryOptions {
  /** How long entries wait while another process writes to the database. Default 5 s. */
  readonly lockPatienceMs?: number;
}

interface WaitingEntry extends JournalEntry {
  readonly author: Member | null;
  readonly done: PromiseWithResolvers<Outcome>;
}

interface NumberedEntry extends StoredEntry {
  readonly done: PromiseWithResolvers<Outcome>;
}

/**
 * The journal of a single server. It stores the entries of one turn of the event loop in one
 * transaction, and then delivers them. An entry that cannot be stored leaves its number to the
 * next. While another process writes to the database, entries wait and the event loop goes on.
 */
export class LocalJournal implements Journal {
  readonly #history: History;
  readonly #target: JournalTarget;
  readonly #lockPatienceMs: number;
  #waiting: WaitingEntry[] = [];
  /** Runs after the waiting entries. */
  #actions: (() => void)[] = [];
  /** Runs while another process writes. */
  #retry: ReturnType<typeof setTimeout> | null = null;
  #lockedSinceMs: number | null = null;
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #isClosed = false;

  /** Uses the history, does not own it. */
  constructor(
    history: History,
    target: JournalTarget,
    { lockPatienceMs = LOCK_PATIENCE_MS }: LocalStoreOptions = {},
  ) {
    this.#lockPatienceMs = lockPatienceMs;
    this.#history = history;
    this.#target = target;
  }

  append(entry: JournalEntry, author: Member | null): Promise<Outcome> {
    if (this.#isClosed) return Promise.reject(new RequestError("shutting-down"));
    const isLocked = this.#retry !== null;
    if (isLocked && this.#waiting.length >= MAX_BATCH) {
      return Promise.reject(new RequestError("busy"));
    }
    const done = Promise.withResolvers<Outcome>();
    this.#waiting.push({ ...entry, author, done });
    if (this.#waiting.length >= MAX_BATCH) this.flush();
    else if (!isLocked) this.#immediate ??= setImmediate(() => this.flush());
    return done.promise;
  }

  after(action: () => void): void {
    this.flush();
    if (this.#waiting.length === 0) action();
    else this.#actions.push(action);
  }

  flush(): void {
    if (this.#retry === null) this.#flush();
  }

  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#isClosed = true;
    this.#flush();
  }

  #flush(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#immediate = null;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.#storeAndDeliver(waiting);
    if (this.#retry === null) { for (const action of this.#actions.splice(0)) action(); }
  }

  #storeAndDeliver(waiting: WaitingEntry[]): void {
    try {
      const stored = this.#store(waiting);
      this.#lockedSinceMs = null;
      this.#target.deliver(stored);
      for (const { event: { seq, time }, done } of stored) done.resolve({ seq, time });
    } catch (error) {
      if (this.#mayRetry(error)) return this.#retryLater(waiting);
      this.#lockedSinceMs = null;
      if (isBusy(error)) this.#history.report(error.cause);
      for (const { done } of waiting) done.reject(error);
    }
  }

  #mayRetry(error: unknown): boolean {
    const sinceMs = this.#lockedSinceMs ??= performance.now();
    return isBusy(error) && !this.#isClosed && performance.now() - sinceMs < this.#lockPatienceMs;
  }

  #retryLater(waiting: WaitingEntry[]): void {
    this.#waiting = waiting;
    this.#retry = setTimeout(() => this.#flush(), LOCK_RETRY_MS);
  }

  /** Stores all entries or none, grouped by room. */
  #store(waiting: readonly WaitingEntry[]): NumberedEntry[] {
    const stored: NumberedEntry[] = [];
    const byRoom = Map.groupBy(waiting, ({ room }) => room);
    this.#history.append(Array.from(byRoom, ([room, entries]) => ({
      room,
      lastSeq: this.#target.lastSeq(room),
      encode: (firstSeq) => {
        const numbered = entries.map((entry, i) => numberEntry(entry, firstSeq + i));
        stored.push(...numbered);
        return numbered.map(({ event, json }) => hasMore(event) ? JSON.stringify(event) : json);
      },
    })));
    return stored;
  }
}

function isBusy(error: unknown): error is RequestError {
  return error instanceof RequestError && error.code === "busy";
}

function numberEntry({ room, draft, author, done }: WaitingEntry, seq: number): NumberedEntry {
  const event: KeptEvent = { ...draft, seq, room };
  return { event, json: JSON.stringify(toRoomEvent(event)), author, done };
}

/** Whether the history keeps more of an event than clients get. */
function hasMore(event: KeptEvent): boolean {
  return event.event === "file" && event.truePath !== undefined;
}

/**
 * Opens the chat store of a single server, in its database. Uses the database, does not own it.
 *
 * @throws if the database cannot be read
 */
export function openLocalStore(
  database: DatabaseSync,
  options: LocalStoreOptions = {},
): ChatStore {
  const history = new History(database, options);
  const kept = new KeptMessages(database, options);
  return { history, kept, openJournal: (target) => new LocalJournal(history, target, options) };
}
