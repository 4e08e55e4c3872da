import type { Topic } from "../protocol/chat_answers.ts";
import { SERVER_NAME } from "../protocol/chat_names.ts";
import { checkStatus } from "../protocol/text.ts";
import { roomUnknown } from "./chat_errors.ts";
import { type ChatTexts, encodeNotice } from "./chat_texts.ts";
import type { Member } from "./member.ts";
import type { TopicStore } from "./neighbours.ts";
import type { Presence } from "./presence.ts";

/**
 * The topics of the rooms (section 3.9 of the protocol). They are stored before the members of the
 * room get the event, and outlive the members.
 */
export class Topics {
  readonly #presence: Presence;
  readonly #store: TopicStore;
  readonly #texts: ChatTexts;

  /** Uses all of them, owns none. */
  constructor(presence: Presence, store: TopicStore, texts: ChatTexts) {
    this.#presence = presence;
    this.#store = store;
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
   * breaks the rules, or as the store does
   */
  async set(member: Member, room: string, text: string): Promise<Topic | null> {
    const { name } = this.#presence.requireRoom(member, room);
    return await this.#store.set(name, member.nick, checkStatus(text));
  }

  /**
   * The same for the server.
   *
   * @throws {RequestError} `not-found` if no such room has members or messages
   */
  async setAsServer(room: string, text: string): Promise<Topic | null> {
    if (!this.#presence.rooms.isKnown(room)) throw roomUnknown();
    return await this.#store.set(room, SERVER_NAME, checkStatus(text));
  }

  /** A topic is stored: the members of the room are told. @param text `""` if it was removed */
  tell(name: string, { text, from, time }: Topic): void {
    const room = this.#presence.rooms.find(name);
    if (room === null) return;
    room.topic = text === "" ? null : { text, from, time };
    const line = encodeNotice(this.#texts.topic(from, text));
    room.announce({ event: "topic", room: name, text, from, time }, line);
  }
}
