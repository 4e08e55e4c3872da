import type { HistoryRange } from "../protocol/chat_answers.ts";
import { hideFile, type RoomEntry } from "../protocol/chat_events.ts";
import { checkRoomName, SERVER_NAME } from "../protocol/chat_names.ts";
import { checkChatText } from "../protocol/text.ts";
import { notInRoom, roomUnknown } from "./chat_errors.ts";
import type { History } from "./history.ts";
import type { Draft, Journal, Outcome, StoredEntry } from "./journal.ts";
import { draftOf, type FileAnnouncement, toRoomEvent } from "./kept_event.ts";
import type { Member } from "./member.ts";
import type { RosterWatch } from "./neighbours.ts";
import type { Presence } from "./presence.ts";
import type { Room } from "./room.ts";

/** What {@link RoomMessages} uses. */
export interface RoomMessagesParts {
  readonly presence: Presence;
  readonly history: History;
  readonly journal: Journal;
  readonly roster: RosterWatch;
}

/** The messages and files of the rooms. */
export class RoomMessages {
  readonly #presence: Presence;
  readonly #history: History;
  readonly #journal: Journal;
  readonly #roster: RosterWatch;

  /** Uses all of them, owns none. */
  constructor({ presence, history, journal, roster }: RoomMessagesParts) {
    this.#presence = presence;
    this.#history = history;
    this.#journal = journal;
    this.#roster = roster;
  }

  /** Whether a member may speak in a room: it is in it, or takes no part in the chat. */
  maySpeakIn(member: Member, name: string): boolean {
    return !member.isPresent || this.#presence.roomOf(member, name) !== null;
  }

  /** Sends a message as `Hub.send` does. */
  async send(member: Member, name: string, text: string): Promise<Outcome> {
    this.#presence.requirePresent(member);
    if (!this.maySpeakIn(member, name)) throw notInRoom();
    checkChatText(text);
    this.#roster.onSpeak(member);
    const draft = { event: "message", from: member.nick, text, time: Date.now() } as const;
    return await this.#append(name, draft, member);
  }

  /** Announces a file as `Hub.announceFile` does. */
  async announceFile(name: string, from: string, file: FileAnnouncement): Promise<Outcome> {
    return await this.#append(name, draftOf(file, from), null);
  }

  /** Sends a message of the server as `Hub.sayAsServer` does. */
  async sayAsServer(name: string, text: string): Promise<Outcome> {
    checkChatText(text);
    if (!this.#presence.rooms.isKnown(name)) throw roomUnknown();
    const draft = { event: "message", from: SERVER_NAME, text, time: Date.now() } as const;
    return await this.#append(name, draft, null);
  }

  /** The messages of a room as `Hub.history` tells them. */
  async history(member: Member, name: string, range: HistoryRange): Promise<RoomEntry[]> {
    await this.#journal.caughtUp();
    const room = this.#presence.requireRoom(member, name);
    this.#journal.flush();
    return this.#history.read(room.name, range).map((event) =>
      event.event === "file" && !member.mayKnow(event) ? hideFile(event) : toRoomEvent(event)
    );
  }

  /** Stores an entry of a room, which need not have members. */
  async #append(name: string, draft: Draft, author: Member | null): Promise<Outcome> {
    const { rooms } = this.#presence;
    const room = rooms.hold(checkRoomName(name));
    try {
      return await this.#journal.append({ room: name, draft }, author);
    } finally {
      rooms.unhold(room);
    }
  }
}

/** Tells the members of their rooms what a journal has stored. */
export function deliverStored({ rooms }: Presence, stored: readonly StoredEntry[]): void {
  const woken = new Set<Room>();
  for (const { event, json, author } of stored) {
    const room = rooms.find(event.room);
    if (room === null) continue;
    room.publish(event, json, author);
    woken.add(room);
  }
  for (const room of woken) room.wake();
}
