import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ConversationState, privateTalk } from "./conversation_state.ts";

/** The conversations of the page, and the one that is shown. */
export class ConversationList {
  readonly #all = signal<readonly ConversationState[]>([]);
  readonly #selected = signal<string | null>(null);
  /** Whether the person sees the talk: else all that comes is unread. */
  #isSeen = true;

  /** In the order in which they were opened. */
  readonly all: ReadonlySignal<readonly ConversationState[]> = this.#all;
  /** The one that is shown. */
  readonly current: ReadonlySignal<ConversationState | null> = computed(() =>
    this.#all.value.find(({ id }) => id === this.#selected.value) ?? this.#all.value[0] ?? null
  );

  /** Shows a conversation. */
  select(id: string): void {
    this.#selected.value = id;
    this.#read();
  }

  /** Tells whether the person sees the talk. */
  see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    this.#read();
  }

  /** Counts an entry that is new to the person, unless the person sees it. */
  countNew(conversation: ConversationState): void {
    conversation.unread.value++;
    this.#read();
  }

  /** The conversation with this identifier; `null` without one. */
  find(id: string): ConversationState | null {
    return this.#all.value.find((conversation) => conversation.id === id) ?? null;
  }

  /** The conversation of a room, which is opened if it is not. */
  room(name: string): ConversationState {
    return this.find(`#${name}`) ?? this.#open(new ConversationState(`#${name}`, "room", name));
  }

  /** The private talk with a nick, which is opened if it is not. */
  private(nick: string, ownNick: string | null): ConversationState {
    const known = this.#all.value.find(({ kind, name }) => kind === "private" && name === nick);
    return known ?? this.#open(privateTalk(nick, ownNick, (id) => this.find(id) !== null));
  }

  /** Follows a member that has another nick now. */
  rename(old: string, nick: string): void {
    this.#all.value = this.#all.value.map((conversation) =>
      conversation.kind === "private" && conversation.name === old
        ? conversation.renamed(nick)
        : conversation
    );
  }

  /** Closes a conversation. */
  remove(id: string): void {
    this.#all.value = this.#all.value.filter((each) => each.id !== id);
  }

  /** Closes all. */
  clear(): void {
    this.#all.value = [];
  }

  /** What is shown and seen is read. */
  #read(): void {
    const shown = this.current.value;
    if (this.#isSeen && shown !== null) shown.unread.value = 0;
  }

  #open(conversation: ConversationState): ConversationState {
    this.#all.value = [...this.#all.value, conversation];
    return conversation;
  }
}
