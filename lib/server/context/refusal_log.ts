import type { ServerEvent } from "../config/events.ts";

type Refusal = Extract<ServerEvent, { event: "refused" }>;

/** Refusals of a kind after the first are counted for this long. */
const WINDOW_MS = 10_000;
/** Kinds of refusals that are counted at a time; beyond, the oldest is summed up early. */
const MAX_KINDS = 10_000;

interface Counted {
  readonly refusal: Refusal;
  readonly sinceMs: number;
  more: number;
}

/**
 * Passes events on. Of the refusals of a client, or of the connections of an address, with the same
 * code and reason, the first is passed on; those of the next ten seconds are counted, and passed on as one.
 */
export class RefusalLog {
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #counted = new Map<string, Counted>();
  readonly #now: () => number;

  /** @param now a reading of a clock in milliseconds */
  constructor(onEvent: (event: ServerEvent) => void, now = (): number => performance.now()) {
    this.#onEvent = onEvent;
    this.#now = now;
  }

  /** Handles an event. */
  report(event: ServerEvent): void {
    if (event.event === "stopped") this.sweep(Infinity);
    if (event.event !== "refused") return this.#onEvent(event);
    const { client, address, code, reason, account, type } = event;
    const key = JSON.stringify([client ?? address, code, reason, account, type]);
    const counted = this.#counted.get(key);
    if (counted !== undefined && this.#now() - counted.sinceMs <= WINDOW_MS) {
      counted.more++;
      return;
    }
    if (counted !== undefined) this.#sumUp(key, counted);
    this.#counted.set(key, { refusal: event, sinceMs: this.#now(), more: 0 });
    this.#onEvent(event);
    for (const [oldest, each] of this.#counted) {
      if (this.#counted.size <= MAX_KINDS) break;
      this.#sumUp(oldest, each);
    }
  }

  /** Sums up the refusals whose time is over. @param nowMs a reading of the clock */
  sweep(nowMs: number = this.#now()): void {
    for (const [key, counted] of this.#counted) {
      if (nowMs - counted.sinceMs <= WINDOW_MS) return; // The others are younger
      this.#sumUp(key, counted);
    }
  }

  #sumUp(key: string, { refusal, more }: Counted): void {
    this.#counted.delete(key);
    const { path: _, ...rest } = refusal;
    if (more > 0) this.#onEvent({ ...rest, more });
  }
}
