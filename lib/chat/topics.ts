import type { Topic } from "../protocol/chat_answers.ts";
import { SERVER_NAME } from "../protocol/chat_names.ts";
import { checkStatus } from "../protocol/text.ts";
import { roomUnknown } from "./chat_errors.ts";
import { type ChatTexts, encodeNotice } from "./chat_texts.ts";
import type { History } from "./history.ts";
import type { Journal } from "./journal.ts";
import type { Member } from "./member.ts";
import type { Presence } from "./presence.ts";

/**
 * The topics of the rooms (section 3.9 of the protocol). They are stored before the members of the
 * room get the event, and outlive the members.
 */
export class Topics {
  readonly #presence: Presence;
  readonly #history: History;
  readonly #journal: Journal;
  readonly #texts: ChatTexts;

  /** Uses all of them, owns none. */
  constructor(presence: Presence, history: History, journal: Journal, texts: ChatTexts) {
    this.#presence = presence;
    this.#history = history;
    this.#journal = journal;
    this.#texts = texts;
  }

  /**
   * The topic of a room, or `null`.
   *
   * @throws {RequestError} `denied` if the member is not in the room
   */
  get(member: Member, room: string): Topic | null {
    return this.#presence.requireRoom(member, room).topic;
  }

  /**
   * Sets the topic of a room, and tells its members.
   *
   * @param text `""` removes the topic
   * @throws {RequestError} `denied` if the member is not in the room, `bad-request` if the text
   * breaks the rules, or as the history does
   */
  set(member: Member, room: string, text: string): Topic | null {
    const { name } = this.#presence.requireRoom(member, room);
    return this.#set(name, member.nick, text);
  }

  /**
   * The same for the server.
   *
   * @throws {RequestError} `not-found` if no such room has members or messages
   */
  setAsServer(room: string, text: string): Topic | null {
    if (!this.#presence.rooms.isKnown(room)) throw roomUnknown();
    return this.#set(room, SERVER_NAME, text);
  }

  #set(name: string, from: string, text: string): Topic | null {
    const set = { text: checkStatus(text), from, time: Date.now() };
    const topic = set.text === "" ? null : set;
    this.#journal.flush();
    this.#history.setTopic(name, topic);
    const room = this.#presence.rooms.find(name);
    if (room === null) return topic;
    room.topic = topic;
    const line = encodeNotice(this.#texts.topic(from, set.text));
    room.announce({ event: "topic", room: name, ...set }, line);
    return topic;
  }
}
