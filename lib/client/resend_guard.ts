import type { SentMessage } from "./chat.ts";
import type { RoomEvent } from "../protocol/chat_events.ts";
import { ConnectionError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";

/** A message to a room that has no answer yet. */
interface UnansweredMessage {
  readonly room: string;
  readonly text: string;
  /** The nick under which it was sent last. */
  from: string | null;
  /** What the room shows of it: the server has it, though its answer may never come. */
  found: SentMessage | null;
}

/**
 * Sends messages again whose connection was lost before they were answered, but for those that the
 * server has: their events came before, or they are in the history.
 */
export class ResendGuard {
  readonly #unanswered = new Set<UnansweredMessage>();
  /** Answered messages whose events have not come: they are no others that say the same. */
  #answered: { readonly room: string; readonly seq: number }[] = [];

  /**
   * Says something in a room.
   *
   * @param clientAfter resolves to the client that follows one whose connection is lost, once all is
   * told that was missed; to `null` where none does
   * @throws {RequestError}; {ConnectionError} when no client follows
   */
  async say(
    client: Client,
    { room, text }: { readonly room: string; readonly text: string },
    clientAfter: (lost: Client) => Promise<Client | null>,
  ): Promise<SentMessage> {
    const message: UnansweredMessage = { room, text, from: null, found: null };
    this.#unanswered.add(message);
    try {
      return await this.#send(client, message, clientAfter);
    } finally {
      this.#unanswered.delete(message);
    }
  }

  /** A message of a room is told, as an event or out of the history. */
  onTold(event: RoomEvent): void {
    const { room, seq, from, time } = event;
    const isAnswered = this.#answered.some((each) => each.room === room && each.seq === seq);
    this.#answered = this.#answered.filter((each) => each.room !== room || each.seq > seq);
    if (isAnswered || event.event !== "message") return;
    const message = this.#unanswered.values().find((each) =>
      each.found === null && each.room === room && each.from === from && each.text === event.text
    );
    if (message !== undefined) message.found = { seq, time };
  }

  async #send(
    client: Client,
    message: UnansweredMessage,
    clientAfter: (lost: Client) => Promise<Client | null>,
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
      return message.found ?? await this.#send(next, message, clientAfter);
    }
  }

  #onAnswer(message: UnansweredMessage, { seq }: SentMessage): void {
    if (seq === null || message.found?.seq === seq) return;
    const { room } = message;
    const other = this.#unanswered.values().find((each) =>
      each.room === room && each.found?.seq === seq
    );
    if (other === undefined) this.#answered.push({ room, seq });
    else other.found = message.found; // It says the same, and was taken for this one
  }
}
