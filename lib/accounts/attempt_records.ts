import { BoundedMap } from "../async/bounded_map.ts";
import { LIMITS } from "../protocol/limits.ts";

/** The wait after the first failed login. It doubles with each further failure. */
const FIRST_DELAY_MS = 1_000;

/** The logins of an address, an account, or a pair of both. */
export interface AttemptRecord {
  /** Failed logins that are not forgotten yet. */
  failures: number;
  /** The time of the last failure. */
  failedMs: number;
  /** Logins that wait or are being checked. */
  pending: number;
  /** The time at which the last of those is due. */
  dueMs: number;
}

/** The wait of the next login after that many failures. */
export function delayAfter(failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(LIMITS.loginDelayMs, FIRST_DELAY_MS * 2 ** (failures - 1));
}

/**
 * A limited number of records by key: a new record drops the least recently touched. To drop its
 * own record, a client has to touch as many others.
 */
export class AttemptRecords {
  readonly #records: BoundedMap<string, AttemptRecord>;

  /** @param maxRecords the largest number of records */
  constructor(maxRecords: number) {
    this.#records = new BoundedMap(maxRecords);
  }

  /** The record of a key, or `null`. */
  find(key: string, nowMs: number): AttemptRecord | null {
    const record = this.#records.get(key);
    if (record === undefined) return null;
    if (nowMs - record.failedMs >= LIMITS.loginMemoryMs) record.failures = 0;
    return record;
  }

  /** The record of a key, created if there is none, and now the most recently touched. */
  touch(key: string, nowMs: number): AttemptRecord {
    const record = this.find(key, nowMs) ?? { failures: 0, failedMs: 0, pending: 0, dueMs: 0 };
    this.#records.set(key, record);
    return record;
  }

  /** Drops the record of a key if it has neither failures nor pending logins. */
  deleteIfEmpty(key: string): void {
    const record = this.#records.get(key);
    if (record?.failures === 0 && record.pending === 0) this.#records.delete(key);
  }
}
