import { TokenBucket } from "../../chat/token_bucket.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** How much a client may say, and whether it knows that it has said too much. */
export class ChatRateLimit {
  readonly #bucket: TokenBucket;
  #isTold = false;

  /** @param perSecond messages in the long run, 0 for no limit */
  constructor(perSecond: number) {
    this.#bucket = new TokenBucket(LIMITS.chatBurst, perSecond);
  }

  /** Whether a message may be passed on. */
  take(): boolean {
    const nowMs = performance.now();
    if (this.#bucket.isFull(nowMs)) this.#isTold = false;
    return this.#bucket.take(nowMs);
  }

  /** Whether the client is to be told now that something of it was refused: once, not each time. */
  shouldTell(): boolean {
    const isTold = this.#isTold;
    this.#isTold = true;
    return !isTold;
  }
}
