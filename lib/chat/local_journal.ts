import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";
import type { RoomEvent } from "../protocol/chat_events.ts";
import { RequestError } from "../protocol/errors.ts";
import { History, type HistoryOptions } from "./history.ts";
import type { ChatStore } from "./hub.ts";
import type { Journal, JournalEntry, JournalTarget, Outcome, StoredEntry } from "./journal.ts";
import type { Member } from "./member.ts";

/** The largest number of messages in one transaction. */
const MAX_BATCH = 1_000;

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
 * next.
 */
export class LocalJournal implements Journal {
  readonly #history: History;
  readonly #target: JournalTarget;
  #waiting: WaitingEntry[] = [];
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #isClosed = false;

  /** Uses the history, does not own it. */
  constructor(history: History, target: JournalTarget) {
    this.#history = history;
    this.#target = target;
  }

  /** @inheritdoc */
  append(entry: JournalEntry, author: Member | null): Promise<Outcome> {
    if (this.#isClosed) return Promise.reject(new RequestError("shutting-down"));
    const done = Promise.withResolvers<Outcome>();
    this.#waiting.push({ ...entry, author, done });
    if (this.#waiting.length >= MAX_BATCH) this.flush();
    else this.#immediate ??= setImmediate(() => this.flush());
    return done.promise;
  }

  /** @inheritdoc */
  after(action: () => void): void {
    this.flush();
    action();
  }

  /** @inheritdoc */
  flush(): void {
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#immediate = null;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      const stored = this.#store(waiting);
      this.#target.deliver(stored);
      for (const { event: { seq, time }, done } of stored) done.resolve({ seq, time });
    } catch (error) {
      for (const { done } of waiting) done.reject(error);
    }
  }

  /** @inheritdoc */
  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  /** @inheritdoc */
  close(): void {
    this.flush();
    this.#isClosed = true;
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
        return numbered.map(({ json }) => json);
      },
    })));
    return stored;
  }
}

function numberEntry({ room, draft, author, done }: WaitingEntry, seq: number): NumberedEntry {
  const event: RoomEvent = { ...draft, seq, room };
  return { event, json: JSON.stringify(event), author, done };
}

/**
 * Opens the chat store of a single server, in its database. Uses the database, does not own it.
 *
 * @throws if the database cannot be read
 */
export function openLocalStore(database: DatabaseSync, options: HistoryOptions = {}): ChatStore {
  const history = new History(database, options);
  return { history, openJournal: (target) => new LocalJournal(history, target) };
}
