import type { RoomEvent } from "../protocol/chat_events.ts";
import type { MessageTarget } from "./chat.ts";
import type { SentMessage } from "./chat_results.ts";

/** A message that has no answer yet. */
export interface UnansweredMessage {
  readonly target: MessageTarget;
  readonly text: string;
  /** The nick under which it was sent last; `null` before. */
  from: string | null;
  /** Its number and time, if the server has it, though the answer may never come; else `null`. */
  stored: SentMessage | null;
}

/**
 * Finds out which unanswered messages to rooms the server has: the event of such a message came
 * before the connection was lost, or it is in the history.
 */
export class ResendGuard {
  readonly #unanswered = new Set<UnansweredMessage>();
  /** Answered messages whose events have not come. Those events belong to no unanswered message. */
  #answered: { readonly room: string; readonly seq: number }[] = [];

  /** Call before a message is sent. */
  begin(message: UnansweredMessage): void {
    this.#unanswered.add(message);
  }

  /** Call when a message needs no answer any more. */
  end(message: UnansweredMessage): void {
    this.#unanswered.delete(message);
  }

  /** Call with each message of a room, from an event or the history. */
  onMessage(event: RoomEvent): void {
    const { room, seq, from, time } = event;
    const isAnswered = this.#answered.some((each) => each.room === room && each.seq === seq);
    this.#answered = this.#answered.filter((each) => each.room !== room || each.seq > seq);
    if (isAnswered || event.event !== "message") return;
    const message = this.#unanswered.values().find((each) =>
      each.stored === null && isTo(each, room) && each.from === from && each.text === event.text
    );
    if (message !== undefined) message.stored = { seq, time };
  }

  /** Call with the answer to a message. */
  onAnswer(message: UnansweredMessage, { seq }: SentMessage): void {
    if (seq === null || message.stored?.seq === seq || !("room" in message.target)) return;
    const { room } = message.target;
    const other = this.#unanswered.values().find((each) =>
      isTo(each, room) && each.stored?.seq === seq
    );
    if (other === undefined) this.#answered.push({ room, seq });
    else other.stored = message.stored; // Both have the same text, and the event was matched to the wrong one
  }
}

function isTo({ target }: UnansweredMessage, room: string): boolean {
  return "room" in target && target.room === room;
}
