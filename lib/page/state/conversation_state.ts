import { type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import type { Conversation, TalkEntry } from "../model/page_model.ts";
import type { EntryContent } from "./talk_entries.ts";

/** Entries of a conversation in memory; older ones are loaded again when they are wanted. */
const MAX_ENTRIES = 5_000;

/** Keys are unique in the whole page. */
let lastKey = 0;

interface Signals {
  readonly confirmed: Signal<readonly TalkEntry[]>;
  readonly pending: Signal<readonly TalkEntry[]>;
  readonly entries: Signal<readonly TalkEntry[]>;
  readonly unread: Signal<number>;
  readonly members: Signal<readonly string[]>;
  readonly topic: Signal<string>;
  readonly hasOlder: Signal<boolean>;
}

function newSignals(): Signals {
  return {
    confirmed: signal<readonly TalkEntry[]>([]),
    pending: signal<readonly TalkEntry[]>([]),
    entries: signal<readonly TalkEntry[]>([]),
    unread: signal(0),
    members: signal<readonly string[]>([]),
    topic: signal(""),
    hasOlder: signal(false),
  };
}

/**
 * A room that the client is in, or a private talk. What the server has confirmed stands in its
 * order; own messages that it has not confirmed follow.
 */
export class ConversationState implements Conversation {
  readonly #signals: Signals;

  /** @param name the room, or the nick of the other member */
  constructor(
    readonly id: string,
    readonly kind: "room" | "private",
    readonly name: string,
    signals: Signals = newSignals(),
  ) {
    this.#signals = signals;
  }

  /** The same conversation, with a member that has another nick now. */
  renamed(name: string): ConversationState {
    return new ConversationState(this.id, this.kind, name, this.#signals);
  }

  get entries(): ReadonlySignal<readonly TalkEntry[]> {
    return this.#signals.entries;
  }

  get unread(): Signal<number> {
    return this.#signals.unread;
  }

  get members(): ReadonlySignal<readonly string[]> {
    return this.#signals.members;
  }

  get topic(): Signal<string> {
    return this.#signals.topic;
  }

  get hasOlder(): Signal<boolean> {
    return this.#signals.hasOlder;
  }

  /** The smallest number of an entry in memory; `null` without one. */
  get firstSeq(): number | null {
    return this.#signals.confirmed.value.find(({ seq }) => seq !== null)?.seq ?? null;
  }

  /** Adds what the server has told. An own message takes the place of its unconfirmed entry. */
  add(content: EntryContent, isOwn: boolean): void {
    const pending = isOwn ? this.#takePending(content) : null;
    const key = pending?.key ?? newKey();
    const entry: TalkEntry = { ...content, key, isOwn, sending: "sent" };
    const all = [...this.#signals.confirmed.value, entry];
    if (all.length > MAX_ENTRIES) this.hasOlder.value ||= this.kind === "room";
    this.#signals.confirmed.value = all.slice(-MAX_ENTRIES);
    this.#join();
  }

  /** Adds messages from before the first one. */
  addOlder(contents: readonly EntryContent[], isOwn: (content: EntryContent) => boolean): void {
    const older = contents.map((content): TalkEntry => (
      { ...content, key: newKey(), isOwn: isOwn(content), sending: "sent" }
    ));
    this.#signals.confirmed.value = [...older, ...this.#signals.confirmed.value];
    this.#join();
  }

  /** Adds an own message that is under way. @returns its key */
  addPending(content: EntryContent): string {
    const key = newKey();
    const entry: TalkEntry = { ...content, key, isOwn: true, sending: "waiting" };
    this.#signals.pending.value = [...this.#signals.pending.value, entry];
    this.#join();
    return key;
  }

  /** The unconfirmed entry with this key; `null` once it is confirmed or removed. */
  pending(key: string): TalkEntry | null {
    return this.#signals.pending.value.find((entry) => entry.key === key) ?? null;
  }

  /** Changes an unconfirmed entry, if it is still one. */
  changePending(key: string, change: Partial<TalkEntry>): void {
    this.#signals.pending.value = this.#signals.pending.value.map((entry) =>
      entry.key === key ? { ...entry, ...change } : entry
    );
    this.#join();
  }

  /** Removes an unconfirmed entry. */
  removePending(key: string): void {
    this.#signals.pending.value = this.#signals.pending.value.filter((each) => each.key !== key);
    this.#join();
  }

  /** Sets who is here. */
  setMembers(nicks: Iterable<string>): void {
    const sorted = [...new Set(nicks)].sort((a, b) => a.localeCompare(b));
    this.#signals.members.value = sorted;
  }

  /** Takes the unconfirmed entry that a message of the server confirms. */
  #takePending({ seq, kind, text }: EntryContent): TalkEntry | null {
    const all = this.#signals.pending.value;
    const isSame = (entry: TalkEntry) =>
      entry.seq === null
        ? entry.sending !== "failed" && entry.kind === kind && entry.text === text
        : entry.seq === seq;
    const found = all.find(isSame) ?? null;
    if (found !== null) this.#signals.pending.value = all.filter((entry) => entry !== found);
    return found;
  }

  #join(): void {
    const { confirmed, pending, entries } = this.#signals;
    entries.value = pending.value.length === 0
      ? confirmed.value
      : [...confirmed.value, ...pending.value];
  }
}

function newKey(): string {
  return `e${++lastKey}`;
}

/** A private talk with a nick. @param isTaken whether another conversation has an identifier */
export function privateTalk(
  nick: string,
  ownNick: string | null,
  isTaken: (id: string) => boolean,
): ConversationState {
  let id = `@${nick}`;
  while (isTaken(id)) id += "'"; // The member of that talk has another nick now
  const conversation = new ConversationState(id, "private", nick);
  conversation.setMembers([nick, ...(ownNick === null ? [] : [ownNick])]);
  return conversation;
}
