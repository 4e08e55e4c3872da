import type { RoomEvent } from "../protocol/chat_events.ts";
import type { SentMessage } from "./chat.ts";

/** A message to a room that has no answer yet. */
export interface UnansweredMessage {
  readonly room: string;
  readonly text: string;
  /** The nick under which it was sent last. */
  from: string;
  /** What the room shows of it: the server has it, though its answer may never come. */
  found: SentMessage | null;
}

/**
 * Tells which messages the server has whose answers were lost with the connection: their events came
 * before, or they are in the history. What is known of a message does not depend on how many
 * attempts it takes to come back.
 */
export class ResendGuard {
  readonly #unanswered: UnansweredMessage[] = [];
  /** Answered messages whose events have not come: they are no others that say the same. */
  #answered: { readonly room: string; readonly seq: number }[] = [];

  /** A message is sent. */
  begin(room: string, from: string, text: string): UnansweredMessage {
    const message: UnansweredMessage = { room, from, text, found: null };
    this.#unanswered.push(message);
    return message;
  }

  /** The server has answered a message. */
  answer(message: UnansweredMessage, { seq }: SentMessage): void {
    if (seq === null || message.found?.seq === seq) return;
    const { room } = message;
    const other = this.#unanswered.find((each) => each.room === room && each.found?.seq === seq);
    if (other === undefined) this.#answered.push({ room, seq });
    else other.found = message.found; // It says the same, and was taken for this one
  }

  /** A message needs no guard any more: it is answered, or given up. */
  end(message: UnansweredMessage): void {
    this.#unanswered.splice(this.#unanswered.indexOf(message), 1);
  }

  /** A message of a room is told, as an event or out of the history. */
  onTold(event: RoomEvent): void {
    const { room, seq, from, time } = event;
    const isAnswered = this.#answered.some((each) => each.room === room && each.seq === seq);
    this.#answered = this.#answered.filter((each) => each.room !== room || each.seq > seq);
    if (isAnswered || event.event !== "message") return;
    const message = this.#unanswered.find((each) =>
      each.found === null && each.room === room && each.from === from && each.text === event.text
    );
    if (message !== undefined) message.found = { seq, time };
  }
}
