import { TokenBucket } from "../../chat/token_bucket.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** Limits the chat messages of a client, and its notices about refused messages. */
export class ChatRateLimit {
  readonly #bucket: TokenBucket;
  #isTold = false;

  /** @param perSecond messages in the long run, 0 for no limit */
  constructor(perSecond: number) {
    this.#bucket = new TokenBucket(LIMITS.chatBurst, perSecond);
  }

  /** Takes a token for a message; `false` if the message is to be refused. */
  take(): boolean {
    const nowMs = performance.now();
    if (this.#bucket.isFull(nowMs)) this.#isTold = false;
    return this.#bucket.take(nowMs);
  }

  /** Milliseconds, a whole number, until a message is taken again. */
  get retryAfterMs(): number {
    return Math.ceil(this.#bucket.waitMs(performance.now()));
  }

  /** Whether to notify the client of a refusal: once, until the whole burst is available again. */
  shouldTell(): boolean {
    const isTold = this.#isTold;
    this.#isTold = true;
    return !isTold;
  }
}
