import { TokenBucket } from "../chat/token_bucket.ts";
import type { ChatRate } from "../protocol/hello.ts";
import { LIMITS } from "../protocol/limits.ts";

/** The pace towards a server that does not tell its own: the default of this project's server. */
const DEFAULT_RATE: ChatRate = { burst: LIMITS.chatBurst, perSecond: LIMITS.chatPerSecond };
/** Unanswered messages to a server that takes any number. */
const UNLIMITED_WINDOW = 32;
/** The pause after a refusal that does not tell one, and the longest one that is believed. */
const REFUSED_MS = { unknown: 1_000, longest: 30_000 };

/**
 * The pace of the messages over one connection.
 *
 * A slow line may bring messages together that were sent apart. As at most half a burst is under way,
 * and no more than the other half is sent at once, the server has room for both: it refuses none. A
 * server that does not tell its rate gets one message at a time, so that a refusal changes no order.
 */
export class MessagePace {
  readonly #bucket: TokenBucket;
  #window: number;
  #notBeforeMs = 0;

  /** @param rate as the server tells it in HELO, or `null` */
  constructor(rate: ChatRate | null) {
    const { burst, perSecond } = rate ?? DEFAULT_RATE;
    const half = Math.max(1, Math.floor(burst / 2));
    this.#bucket = new TokenBucket(half, perSecond);
    if (rate === null) this.#window = 1;
    else this.#window = perSecond === 0 ? UNLIMITED_WINDOW : half;
  }

  /**
   * Takes the place of one message.
   *
   * @param underWay messages that were sent and not answered
   * @param nowMs a reading of `performance.now()`
   * @returns 0 when the message may be sent now; else the milliseconds to wait, `Infinity` for an answer
   */
  take(underWay: number, nowMs: number): number {
    if (underWay >= this.#window) return Infinity;
    if (nowMs < this.#notBeforeMs) return this.#notBeforeMs - nowMs;
    return this.#bucket.take(nowMs) ? 0 : Math.max(1, this.#bucket.waitMs(nowMs));
  }

  /** The server has refused a message for its pace: from now on they go one by one. */
  onRefused(retryAfterMs: number | null, nowMs: number): void {
    const pauseMs = Math.min(retryAfterMs ?? REFUSED_MS.unknown, REFUSED_MS.longest);
    this.#notBeforeMs = nowMs + Math.max(1, pauseMs);
    this.#window = 1;
  }
}
