import { pause } from "../../async/pause.ts";
import type { MessageTarget } from "../../client/chat.ts";
import type { SentMessage } from "../../client/chat_results.ts";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import type { ConversationState } from "./conversation_state.ts";
import { noteContent } from "./talk_entries.ts";

/** How long to wait after the server has said that messages come too fast. */
const RATE_LIMITED_MS = 1_000;
/** Attempts at a message that comes too fast. */
const RATE_LIMITED_ATTEMPTS = 60;

/** What the messages of a page leave by. */
export interface MessageSender {
  /** Whether there is a connection now. */
  isOnline(): boolean;
  /** As `ReconnectingChat.say`. */
  say(text: string, target: MessageTarget): Promise<SentMessage>;
}

interface Message {
  readonly key: string;
  /** As it was written. */
  readonly text: string;
  readonly conversation: ConversationState;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * The messages of the page that the server has not taken: those of a conversation leave one by one, in
 * their order, and wait for no other conversation.
 */
export class Outgoing {
  readonly #sender: MessageSender;
  readonly #targetOf: (conversation: ConversationState) => MessageTarget;
  #waiting: Message[] = [];
  /** Refused messages, by key: they can be sent again. */
  readonly #refused = new Map<string, Message>();
  /** The conversations whose messages are leaving now. */
  readonly #leaving = new Set<string>();
  /** What the recipients of private messages said last, by conversation. */
  readonly #away = new Map<string, string | undefined>();

  /** @param targetOf where the messages of a conversation go: nicks change */
  constructor(sender: MessageSender, targetOf: (conversation: ConversationState) => MessageTarget) {
    this.#sender = sender;
    this.#targetOf = targetOf;
  }

  /**
   * Sends the message of an unconfirmed entry. Resolves when the server has it, or when it waits for a
   * connection.
   *
   * @throws {RequestError} when the server refuses it; the entry then can be sent again
   */
  send(conversation: ConversationState, key: string, text: string): Promise<void> {
    return this.#queue({ key, text, conversation, done: Promise.withResolvers<void>() });
  }

  /** Sends a refused message again, as `send` does. */
  resend(key: string): Promise<void> {
    const message = this.#refused.get(key);
    if (message === undefined) return Promise.resolve();
    this.#refused.delete(key);
    message.conversation.changePending(key, { sending: "waiting" });
    return this.#queue({ ...message, done: Promise.withResolvers<void>() });
  }

  /** Sends what waits: call it once there is a connection. */
  flush(): void {
    const ids = new Set(this.#waiting.map(({ conversation }) => conversation.id));
    for (const id of ids) void this.#flushConversation(id);
  }

  async #flushConversation(id: string): Promise<void> {
    if (this.#leaving.has(id)) return;
    this.#leaving.add(id);
    while (this.#sender.isOnline()) {
      const first = this.#waiting.find(({ conversation }) => conversation.id === id);
      if (first === undefined || !await this.#attempt(first)) break;
      this.#waiting = this.#waiting.filter((each) => each !== first);
    }
    this.#leaving.delete(id);
    if (!this.#sender.isOnline()) this.onOffline();
  }

  /** The connection is lost: what waits for the next one need not be waited for by its writer. */
  onOffline(): void {
    for (const { done } of this.#waiting) done.resolve();
  }

  /** Drops everything. */
  clear(): void {
    for (const { done } of this.#waiting.splice(0)) done.resolve();
    this.#refused.clear();
    this.#away.clear();
  }

  #queue(message: Message): Promise<void> {
    this.#waiting.push(message);
    this.flush();
    return message.done.promise;
  }

  /** Whether the message need not be sent again. */
  async #attempt(message: Message): Promise<boolean> {
    const { key, conversation, done } = message;
    try {
      const sent = await this.#say(message);
      const { seq, time } = sent;
      conversation.changePending(key, { seq, time, sending: "sent" });
      this.#noteDelivery(conversation, sent);
    } catch (error) {
      const isUnsent = error instanceof ConnectionError && conversation.kind === "room";
      if (isUnsent && !this.#sender.isOnline()) return false;
      this.#refused.set(key, message);
      conversation.changePending(key, { sending: "failed" });
      done.reject(error);
    }
    done.resolve();
    return true;
  }

  /** Tells where a private message waits for its recipient, and once what that says while it is away. */
  #noteDelivery(conversation: ConversationState, { kept, away }: SentMessage): void {
    if (conversation.kind !== "private") return;
    const { id, name } = conversation;
    if (away !== undefined && away !== this.#away.get(id)) {
      conversation.add(noteContent("away", name, away), false);
    }
    this.#away.set(id, away);
    if (kept !== undefined) conversation.add(noteContent("kept", name, String(kept)), false);
  }

  /** Waits where messages come faster than the server takes them. */
  async #say({ text, conversation }: Message): Promise<SentMessage> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#sender.say(text, this.#targetOf(conversation));
      } catch (error) {
        const isTooFast = error instanceof RequestError && error.code === "rate-limited";
        if (!isTooFast || attempt >= RATE_LIMITED_ATTEMPTS) throw error;
        await pause(RATE_LIMITED_MS);
      }
    }
  }
}
