import type { RoomEvent } from "../protocol/chat_events.ts";
import { ConnectionError } from "../protocol/errors.ts";
import type { SentMessage } from "./chat.ts";
import type { ChatClient } from "./chat_client.ts";

/** A message to a room that has no answer yet. */
interface UnansweredMessage {
  readonly room: string;
  readonly text: string;
  /** The nick under which it was sent last. */
  from: string | null;
  /** Its number and time, if the server has it, though the answer may never come; else `null`. */
  stored: SentMessage | null;
}

/**
 * Sends a message again when its connection is lost before the answer, unless the server has it: then
 * its event came before the loss, or it is in the history.
 */
export class ResendGuard<C extends ChatClient> {
  readonly #unanswered = new Set<UnansweredMessage>();
  /** Answered messages whose events have not come. Those events belong to no unanswered message. */
  #answered: { readonly room: string; readonly seq: number }[] = [];

  /**
   * Sends a message to a room.
   *
   * @param clientAfter resolves to the client of the next connection once `onMessage` has had all
   * that was missed; to `null` when there is none
   * @throws {RequestError} when the server refuses the message
   * @throws {ConnectionError} when there is no next connection
   */
  async say(
    client: C,
    { room, text }: { readonly room: string; readonly text: string },
    clientAfter: (lost: C) => Promise<C | null>,
  ): Promise<SentMessage> {
    const message: UnansweredMessage = { room, text, from: null, stored: null };
    this.#unanswered.add(message);
    try {
      return await this.#send(client, message, clientAfter);
    } finally {
      this.#unanswered.delete(message);
    }
  }

  /** Call with each message of a room, from an event or the history. */
  onMessage(event: RoomEvent): void {
    const { room, seq, from, time } = event;
    const isAnswered = this.#answered.some((each) => each.room === room && each.seq === seq);
    this.#answered = this.#answered.filter((each) => each.room !== room || each.seq > seq);
    if (isAnswered || event.event !== "message") return;
    const message = this.#unanswered.values().find((each) =>
      each.stored === null && each.room === room && each.from === from && each.text === event.text
    );
    if (message !== undefined) message.stored = { seq, time };
  }

  async #send(
    client: C,
    message: UnansweredMessage,
    clientAfter: (lost: C) => Promise<C | null>,
  ): Promise<SentMessage> {
    const { room, text } = message;
    message.from = client.chat.nick;
    try {
      const sent = await client.chat.say(text, { room });
      this.#onAnswer(message, sent);
      return sent;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const next = await clientAfter(client);
      if (next === null) throw error;
      return message.stored ?? await this.#send(next, message, clientAfter);
    }
  }

  #onAnswer(message: UnansweredMessage, { seq }: SentMessage): void {
    if (seq === null || message.stored?.seq === seq) return;
    const { room } = message;
    const other = this.#unanswered.values().find((each) =>
      each.room === room && each.stored?.seq === seq
    );
    if (other === undefined) this.#answered.push({ room, seq });
    else other.stored = message.stored; // Both have the same text, and the event was matched to the wrong one
  }
}
