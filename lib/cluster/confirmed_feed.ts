import { Buffer } from "node:buffer";
import type { LogRecord } from "./engine.ts";

/** Records that wait for the other feed; more are forgotten, and read out of the log. */
const WAITING = 10_000;

interface WaitingRecord {
  readonly record: LogRecord;
  readonly by: FeedName;
  readonly sinceMs: number;
}

/** Which of the two feeds a record has come by. */
export type FeedName = "own" | "witness";

/**
 * Hands on the records that two feeds have told alike. A server of NATS that is cut off from the majority may tell
 * its clients of a last record that the log does not have in the end; another server does not tell of that one.
 */
export class ConfirmedFeed {
  readonly #onRecord: (record: LogRecord) => void;
  /** Records that one feed has told, by place. */
  readonly #waiting = new Map<number, WaitingRecord>();

  constructor(onRecord: (record: LogRecord) => void) {
    this.#onRecord = onRecord;
  }

  /** Takes a record of a feed. */
  hear(record: LogRecord, by: FeedName): void {
    const { place } = record;
    const told = this.#waiting.get(place);
    if (told !== undefined && told.by !== by && isSame(told.record, record)) {
      this.#forgetUpTo(place);
      this.#onRecord(record);
      return;
    }
    this.#waiting.delete(place); // The later one of two that differ is in the log, if any
    this.#waiting.set(place, { record, by, sinceMs: performance.now() });
    if (this.#waiting.size > WAITING) this.#waiting.delete(this.#waiting.keys().next().value ?? 0);
  }

  /** Whether the witness has not told for so long what the other feed has. */
  isWitnessSilent(ms: number): boolean {
    const [oldest] = this.#waiting.values();
    return oldest?.by === "own" && performance.now() - oldest.sinceMs >= ms;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  /** What the other feed did not tell before this place it has missed, or the log does not have it. */
  #forgetUpTo(place: number): void {
    for (const waiting of this.#waiting.keys()) {
      if (waiting > place) return;
      this.#waiting.delete(waiting);
    }
  }
}

function isSame(one: LogRecord, other: LogRecord): boolean {
  return one.stampMs === other.stampMs && Buffer.compare(one.payload, other.payload) === 0;
}
