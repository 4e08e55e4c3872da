import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { ReceivedEvent } from "../../client/chat.ts";
import type { ChatUpdate } from "../../client/chat_update.ts";
import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import { LOBBY } from "../../protocol/chat_names.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import { cleanLine } from "../../protocol/text.ts";
import type { Conversation, RoomSummary, TalkModel } from "../model/page_model.ts";
import type { Person } from "../model/person.ts";
import type { PageClient } from "../net/page_client.ts";
import { ConversationList } from "./conversation_list.ts";
import type { ConversationState } from "./conversation_state.ts";
import type { IgnoredPeople } from "./ignored_people.ts";
import { findPerson } from "./find_person.ts";
import { Outgoing } from "./outgoing.ts";
import { contentOf, contentOfText, type EntryContent, noteContent } from "./talk_entries.ts";

/** Messages that `loadOlder` asks for. */
const OLDER_MESSAGES = 100;

/** What the talk tells of changes that outlive it. */
export interface TalkListener {
  /** The client is in other rooms than before. */
  onRooms(rooms: readonly string[]): void;
  /** The client has taken a nick. */
  onNick(nick: string): void;
}

type MessageEvent = Extract<ReceivedEvent, { event: "message" | "file" }>;

/** The conversations of the page, fed by the updates of a {@link ReconnectingChat}. */
export class TalkState implements TalkModel {
  readonly #list = new ConversationList();
  readonly #rooms = signal<readonly RoomSummary[]>([]);
  readonly #listener: TalkListener;
  readonly #outgoing: Outgoing;
  readonly #ignored: IgnoredPeople;
  /** Rooms whose history was told: later messages are new to the person. */
  readonly #entered = new Set<string>();
  #chat: ReconnectingChat<PageClient> | null = null;
  #isOnline = false;
  /** The own nick while the chat itself is not there yet. */
  #nick: string | null = null;

  readonly conversations: ReadonlySignal<readonly Conversation[]> = this.#list.all;
  readonly rooms: ReadonlySignal<readonly RoomSummary[]> = this.#rooms;
  readonly current: ReadonlySignal<ConversationState | null> = this.#list.current;

  constructor(listener: TalkListener, ignored: IgnoredPeople) {
    this.#listener = listener;
    this.#ignored = ignored;
    this.#outgoing = new Outgoing({
      isOnline: () => this.#isOnline && this.#chat !== null,
      say: (text, target) => this.#client().say(text, target),
    }, (conversation) => {
      const { kind, name } = this.#list.find(conversation.id) ?? conversation;
      return kind === "room" ? { room: name } : { to: name };
    });
  }

  get ignored(): ReadonlySignal<ReadonlySet<string>> {
    return this.#ignored.nicks;
  }

  /** Begins anew: for another client, who sees other rooms. */
  reset(): void {
    this.#chat = null;
    this.#isOnline = false;
    this.#outgoing.clear();
    this.#entered.clear();
    this.#list.clear();
    this.#rooms.value = [];
  }

  /** Takes the chat that requests go to. */
  attach(chat: ReconnectingChat<PageClient>): void {
    this.#chat = chat;
    this.#outgoing.flush();
  }

  /** Takes an update of the chat. @param nick the own nick */
  onUpdate(update: ChatUpdate, nick: string | null): void {
    this.#nick = nick;
    switch (update.kind) {
      case "online":
        this.#isOnline = true;
        this.#outgoing.flush();
        break;
      case "offline":
        this.#isOnline = false;
        this.#outgoing.onOffline();
        break;
      case "entered":
        this.#onEntered(update.room, update.members, update.topic?.text ?? "");
        break;
      case "missed":
        this.#note(this.#list.room(update.room), noteContent("missed", null, String(update.count)));
        break;
      case "event":
        this.#onEvent(update.event);
    }
  }

  select(id: string): void {
    this.#list.select(id);
  }

  see(isSeen: boolean): void {
    this.#list.see(isSeen);
  }

  async send(text: string): Promise<void> {
    const conversation = this.current.value;
    if (conversation === null) throw offline();
    const key = conversation.addPending({
      ...contentOfText(text),
      from: this.#nick,
      file: null,
      time: Date.now(),
      seq: null,
    });
    try {
      await this.#outgoing.send(conversation, key, text);
    } catch (error) {
      // What no server would take goes back to where it was written
      const isUnfit = error instanceof RequestError && !error.isFromPeer;
      if (isUnfit) conversation.removePending(key);
      throw error;
    }
  }

  resend(key: string): Promise<void> {
    return this.#outgoing.resend(key);
  }

  async join(room: string): Promise<void> {
    await this.#client().join(room);
    this.select(this.#list.room(room).id);
    this.#listener.onRooms(this.#client().rooms);
  }

  async leave(id: string): Promise<void> {
    const conversation = this.#list.find(id);
    if (conversation?.kind === "room") {
      await this.#client().part(conversation.name);
      this.#entered.delete(conversation.name);
      this.#listener.onRooms(this.#client().rooms);
    }
    this.#list.remove(id);
  }

  openPrivate(nick: string): void {
    this.select(this.#list.private(nick, this.#nick).id);
  }

  async loadOlder(): Promise<void> {
    const conversation = this.current.value;
    const before = conversation?.firstSeq ?? null;
    if (conversation === null || before === null) return;
    const { chat } = this.#client().client;
    const entries = await chat.entries(conversation.name, { before, limit: OLDER_MESSAGES });
    if (conversation.firstSeq !== before) return; // Loaded twice at once
    const contents = entries.flatMap((entry) => entry.event === "hidden" ? [] : [contentOf(entry)]);
    conversation.addOlder(contents, ({ from }) => from === this.#nick);
    conversation.hasOlder.value = (entries[0]?.seq ?? 1) > 1;
  }

  async refreshRooms(): Promise<void> {
    this.#rooms.value = await this.#client().client.chat.rooms();
  }

  async setNick(nick: string): Promise<void> {
    await this.#client().setNick(nick);
    this.#listener.onNick(nick);
  }

  async setTopic(text: string): Promise<void> {
    const room = this.roomOf(this.current.value?.id ?? "");
    if (room === null) throw new RequestError("not-found", undefined, { reason: "room-unknown" });
    await this.#client().client.chat.setTopic(room, text.replace(/^""$/, ""));
  }

  async setAway(text: string): Promise<void> {
    await this.#client().setAway(text === "" ? null : text);
  }

  async whois(nick: string): Promise<Person | null> {
    return await findPerson(this.#client().client.chat, nick, this.#client().rooms);
  }

  ignore(nick: string, isIgnored: boolean): void {
    this.#ignored.set(nick, isIgnored);
  }

  /** The room of a conversation; `null` if it is none. */
  roomOf(id: string): string | null {
    const conversation = this.#list.find(id);
    return conversation?.kind === "room" ? conversation.name : null;
  }

  /** Tells the member of a private talk of a file: rooms learn it from the server. */
  async offer(id: string, link: string): Promise<void> {
    const conversation = this.#list.find(id);
    if (conversation?.kind === "private") await this.#client().say(link, { to: conversation.name });
  }

  #onEvent(event: ReceivedEvent): void {
    switch (event.event) {
      case "message":
      case "file":
        return this.#onMessage(event);
      case "joined":
      case "left":
        return this.#onPresence(event);
      case "nick":
        return this.#onRename(event.old, event.nick);
      case "topic":
        return this.#onTopic(event);
      case "notice":
        return this.#note(this.#list.room(LOBBY), noteContent("notice", null, event.text));
    }
  }

  #onTopic({ room, from, text }: { room: string; from: string; text: string }): void {
    const conversation = this.#list.room(room);
    conversation.topic.value = cleanLine(text);
    this.#note(conversation, noteContent("topic", from, text));
  }

  #onEntered(room: string, members: readonly string[], topic: string): void {
    const conversation = this.#list.room(room);
    conversation.setMembers(members);
    conversation.topic.value = cleanLine(topic);
    this.#entered.add(room);
  }

  #onMessage(event: MessageEvent): void {
    const isOwn = event.from === this.#nick;
    const isIgnored = !isOwn && this.#ignored.has(event.from);
    if (isIgnored && !("room" in event)) return;
    const conversation = "room" in event
      ? this.#list.room(event.room)
      : this.#list.private(isOwn ? event.to : event.from, this.#nick);
    const isFirst = conversation.entries.value.length === 0;
    conversation.add(contentOf(event), isOwn);
    if ("seq" in event && isFirst) conversation.hasOlder.value = event.seq > 1;
    const isNew = !("room" in event) || this.#entered.has(event.room);
    if (isNew && !isOwn && !isIgnored) this.#list.countNew(conversation);
  }

  #onPresence({ event, room, nick }: { event: "joined" | "left"; room: string; nick: string }) {
    const conversation = this.#list.room(room);
    const others = conversation.members.value.filter((member) => member !== nick);
    conversation.setMembers(event === "joined" ? [...others, nick] : others);
    this.#note(conversation, noteContent(event === "joined" ? "join" : "part", nick));
  }

  #onRename(old: string, nick: string): void {
    for (const conversation of this.#list.all.value) {
      const { members } = conversation;
      if (!members.value.includes(old)) continue;
      conversation.setMembers(members.value.map((member) => member === old ? nick : member));
      this.#note(conversation, noteContent("nick", old, nick));
    }
    this.#list.rename(old, nick);
    this.#ignored.rename(old, nick);
  }

  #note(conversation: ConversationState, content: EntryContent): void {
    conversation.add(content, content.from !== null && content.from === this.#nick);
  }

  /** @throws {ConnectionError} when there is none */
  #client(): ReconnectingChat<PageClient> {
    if (this.#chat === null) throw offline();
    return this.#chat;
  }
}

function offline(): ConnectionError {
  return new ConnectionError("lost", "There is no connection now");
}
