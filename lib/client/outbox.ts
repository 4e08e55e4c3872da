import type { RoomEvent } from "../protocol/chat_events.ts";
import { LOBBY } from "../protocol/chat_names.ts";
import type { MessageTarget, SentMessage } from "./chat.ts";
import type { ChatClient } from "./chat_client.ts";
import { ResendGuard } from "./resend_guard.ts";

/** Messages to a server of protocol 1 that are kept until it is proven to be one. */
const MAX_UNPROVEN = 1_000;

/** The clients that an {@link Outbox} sends by, and what it tells. */
export interface OutboxOptions<C> {
  /** The client of the connection after a lost one; `null` if there will be none. */
  readonly clientAfter: (lost: C) => Promise<C | null>;
  /** Called with a message that could not be sent, though its sender was told that it was. */
  readonly onUnsent: (text: string, error: unknown) => void;
}

/** What a reconnecting chat has sent and the server has not acknowledged: it is sent again. */
export class Outbox<C extends ChatClient> {
  readonly #options: OutboxOptions<C>;
  readonly #guard = new ResendGuard<C>();
  /** Messages in protocol 1, which a server that answers HELO late has refused. */
  #unproven: readonly string[] = [];

  /** Sends nothing yet. */
  constructor(options: OutboxOptions<C>) {
    this.#options = options;
  }

  /** Sends a message as {@link ReconnectingChat.say} does. @param client in its rooms */
  async say(client: C, text: string, target: MessageTarget): Promise<SentMessage> {
    if (client.protocol === 1) this.#unproven = [...this.#unproven, text].slice(-MAX_UNPROVEN);
    if (client.protocol === 1 || !("room" in target)) return await client.chat.say(text, target);
    return await this.#guard.say(client, { room: target.room, text }, this.#options.clientAfter);
  }

  /** The server speaks protocol 2, though it answered late: it has refused messages in protocol 1. */
  repeatRefused(client: C): void {
    for (const text of this.#unproven) {
      this.say(client, text, { room: LOBBY })
        .catch((error) => this.#options.onUnsent(text, error));
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
}
