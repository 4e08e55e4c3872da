import type { RoomEvent } from "../protocol/chat_events.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import { ConnectionError, RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { MessageTarget } from "./chat.ts";
import type { SentMessage } from "./chat_results.ts";
import { checkMessage } from "./check_message.ts";
import type { ChatClient } from "./chat_client.ts";
import { MessagePace } from "./message_pace.ts";
import { ResendGuard, type UnansweredMessage } from "./resend_guard.ts";

/** Messages to a server of protocol 1 that are kept until it is proven to be one. */
const MAX_UNPROVEN = 1_000;

/** A message that was given to `say` and has no answer yet. */
export interface UnsentMessage {
  /** The text. */
  readonly text: string;
  /** Where it goes. */
  readonly target: MessageTarget;
  /** Whether it was sent, so that the server may have it; if not, it waits. */
  readonly mayHaveArrived: boolean;
}

/** What an {@link Outbox} tells. Must not throw. */
export interface OutboxListener {
  /** Called with a message that could not be sent, though its sender was told that it was. */
  readonly onUnsent: (text: string, error: unknown) => void;
  /** Called when another number of messages wait to be sent. */
  readonly onWaiting: (count: number) => void;
}

interface OutboxMessage extends UnansweredMessage {
  readonly done: PromiseWithResolvers<SentMessage>;
  /** Whether it has left by the present connection, and its answer has not come. */
  isUnderWay: boolean;
}

/**
 * The messages of a reconnecting chat until the server has acknowledged them. They leave in the order
 * of the calls, at the pace that the server allows. Those without a connection wait for one; those
 * to a room whose connection was lost before the answer are sent again, unless the server has them. A server of a
 * cluster that does not know itself whether it has one is left for another one, which does.
 */
export class Outbox {
  readonly #listener: OutboxListener;
  readonly #guard = new ResendGuard();
  /** In the order of sending. */
  #messages: OutboxMessage[] = [];
  /** Messages in protocol 1, which a server that answers HELO late has refused. */
  #unproven: readonly string[] = [];
  #client: ChatClient | null = null;
  #pace = new MessagePace(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting = 0;
  #isClosed = false;

  /** Without messages, and without a connection. */
  constructor(listener: OutboxListener) {
    this.#listener = listener;
  }

  /** The messages that have no answer yet, in the order of sending; once closed, those that had none. */
  get unsent(): readonly UnsentMessage[] {
    return this.#messages.map(({ text, target, from }) => {
      return { text, target, mayHaveArrived: from !== null };
    });
  }

  /** Sends a message as {@link ReconnectingChat.say} does. */
  say(text: string, target: MessageTarget): Promise<SentMessage> {
    return Promise.try(() => {
      const message = text.replaceAll("\r\n", "\n");
      checkMessage(message);
      if (this.#isClosed) throw new ConnectionError("lost", "The chat has ended");
      const { unsentMessages: limit } = LIMITS;
      if (this.#messages.length < limit) return this.#add(message, target, "last");
      const detail = `Cannot keep the message: ${limit} others wait`;
      throw new RequestError("busy", detail, { reason: "outbox-full" });
    });
  }

  /**
   * There is a connection, or there is none.
   *
   * @param client in its rooms, when all that was missed has been reported; `null` for none
   */
  setClient(client: ChatClient | null): void {
    this.#client = client;
    if (client !== null) {
      this.#pace = new MessagePace(client.chatRate);
      this.#resolveStored();
    }
    this.#sendWaiting();
  }

  /** Sends nothing any more. What the server has not acknowledged rejects with `error`. */
  close(error: unknown): void {
    this.#isClosed = true;
    this.#client = null;
    clearTimeout(this.#timer);
    this.#resolveStored();
    for (const { done } of this.#messages) done.reject(error);
  }

  /** The server speaks protocol 2, though it answered late: it has refused messages in protocol 1. */
  repeatRefused(): void {
    for (const text of this.#unproven.toReversed()) {
      this.#add(text, { room: LOBBY }, "first").catch((error) =>
        this.#listener.onUnsent(text, error)
      );
    }
    this.#unproven = [];
  }

  /** The server has taken the messages in protocol 1, as far as it got them. */
  onProtocol1(): void {
    this.#unproven = [];
  }

  /** Takes a message of a room, live or out of the history: it may be one of those. */
  onMessage(event: RoomEvent): void {
    this.#guard.onMessage(event);
  }

  #add(text: string, target: MessageTarget, place: "first" | "last"): Promise<SentMessage> {
    const done = Promise.withResolvers<SentMessage>();
    const message = { text, target, from: null, stored: null, isUnderWay: false, done };
    if (place === "first") this.#messages.unshift(message);
    else this.#messages.push(message);
    this.#guard.begin(message);
    this.#sendWaiting();
    return done.promise;
  }

  /** Settles what the server has, though its answer is lost. */
  #resolveStored(): void {
    for (const message of [...this.#messages]) {
      if (message.stored !== null) this.#finish(message).resolve(message.stored);
    }
  }

  #finish(message: OutboxMessage): PromiseWithResolvers<SentMessage> {
    this.#messages = this.#messages.filter((other) => other !== message);
    this.#guard.end(message);
    return message.done;
  }

  /** Sends what may be sent now, and reports how many messages wait. */
  #sendWaiting(): void {
    clearTimeout(this.#timer);
    const client = this.#client?.isClosed === false ? this.#client : null;
    for (let message = this.#next; client !== null && message !== undefined; message = this.#next) {
      const underWay = this.#messages.filter(({ isUnderWay }) => isUnderWay).length;
      const waitMs = this.#pace.take(underWay, performance.now());
      if (waitMs === 0) this.#send(client, message);
      else if (waitMs < Infinity) this.#timer = setTimeout(() => this.#sendWaiting(), waitMs);
      if (waitMs > 0) break;
    }
    this.#reportWaiting();
  }

  /** The first message that is to be sent. */
  get #next(): OutboxMessage | undefined {
    return this.#messages.find(({ isUnderWay }) => !isUnderWay);
  }

  #reportWaiting(): void {
    const count = this.#messages.filter(({ isUnderWay }) => !isUnderWay).length;
    if (count === this.#waiting || this.#isClosed) return;
    this.#waiting = count;
    this.#listener.onWaiting(count);
  }

  async #send(client: ChatClient, message: OutboxMessage): Promise<void> {
    const { text, target } = message;
    message.isUnderWay = true;
    message.from = client.chat.nick ?? "";
    if (client.protocol === 1) this.#unproven = [...this.#unproven, text].slice(-MAX_UNPROVEN);
    try {
      const sent = await client.chat.say(text, target);
      this.#guard.onAnswer(message, sent);
      this.#finish(message).resolve(sent);
    } catch (error) {
      message.isUnderWay = false;
      this.#onFailure(message, error);
    }
    this.#sendWaiting();
  }

  #onFailure(message: OutboxMessage, error: unknown): void {
    if (error instanceof RequestError && error.code === "rate-limited") {
      message.from = null;
      return this.#pace.onRefused(error.retryAfterMs, performance.now());
    }
    // No history tells whether a private message has arrived: to send it again is up to the caller
    const isLost = "room" in message.target &&
      (error instanceof ConnectionError || this.#client?.chat.movesOn?.(error));
    if (!isLost) this.#finish(message).reject(error);
  }
}
