import { BoundedMap } from "../async/bounded_map.ts";
import { LIMITS } from "../protocol/limits.ts";

/** The wait after a first failed login. It doubles with each further one. */
const FIRST_DELAY_MS = 1_000;

/** What is remembered of the logins of one address, one account, or one pair of both. */
export interface AttemptRecord {
  /** Failed logins, until they are forgotten. */
  failures: number;
  /** When the last one failed. */
  failedMs: number;
  /** Logins that wait, or are being looked at. */
  pending: number;
  /** When the last of those is due. */
  dueMs: number;
}

/** How long the next login waits after so many that failed. */
export function delayAfter(failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(LIMITS.loginDelayMs, FIRST_DELAY_MS * 2 ** (failures - 1));
}

/**
 * Records by key, so many at the most: a new one drives the one out that was touched the longest
 * time ago. Whoever wants to be rid of a record must touch as many others before it is.
 */
export class AttemptRecords {
  readonly #records: BoundedMap<string, AttemptRecord>;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#records = new BoundedMap(most);
  }

  /** How many there are. */
  get size(): number {
    return this.#records.size;
  }

  /** The record of that key, or `null`. */
  find(key: string, nowMs: number): AttemptRecord | null {
    const record = this.#records.get(key);
    if (record === undefined) return null;
    if (nowMs - record.failedMs >= LIMITS.loginMemoryMs) record.failures = 0;
    return record;
  }

  /** The record of that key, made if it is not there, and from now on the last to be driven out. */
  touch(key: string, nowMs: number): AttemptRecord {
    const record = this.find(key, nowMs) ?? { failures: 0, failedMs: 0, pending: 0, dueMs: 0 };
    this.#records.set(key, record);
    return record;
  }

  /** Drops the record of that key if it says nothing. */
  tidy(key: string): void {
    const record = this.#records.get(key);
    if (record?.failures === 0 && record.pending === 0) this.#records.delete(key);
  }
}
