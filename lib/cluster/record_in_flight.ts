import { Member } from "../chat/member.ts";
import { RequestError } from "../protocol/errors.ts";
import type { EntryResult } from "./entry.ts";
import { stalled } from "./stop_effects.ts";

/** An entry that has not come to anything yet. */
export interface PendingEntry {
  /** Counts the entries: 1, 2, 3 and so on. */
  readonly id: number;
  readonly encoded: Uint8Array;
  /** Its size in a record: it has a comma behind it. */
  readonly bytes: number;
  readonly sinceMs: number;
  readonly token: unknown;
  readonly done: PromiseWithResolvers<unknown>;
}

/** A record that is published, and not yet applied here. */
export class RecordInFlight {
  readonly number: number;
  readonly entries: readonly PendingEntry[];
  readonly #sinceMs = performance.now();
  readonly #publishing = new AbortController();
  #isGivenUp = false;

  /** Counts the time from now on. */
  constructor(number: number, entries: readonly PendingEntry[]) {
    this.number = number;
    this.entries = entries;
  }

  /** How long it has been on its way, in milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#sinceMs;
  }

  /** Fires when it is not to be published any more. */
  get signal(): AbortSignal {
    return this.#publishing.signal;
  }

  /** It is applied: tells the callers what came of their entries. */
  settle(results: readonly EntryResult[]): void {
    this.#publishing.abort();
    for (const [at, { done }] of this.entries.entries()) {
      const result = results[at];
      if (result === undefined) done.reject(new RequestError("internal"));
      else if (result.kind === null) done.reject(result.error);
      else done.resolve(result.outcome);
    }
  }

  /** Ends the wait of the callers, which may act on that: the record may still be applied, but is never made again. */
  giveUp(error: RequestError): void {
    this.#isGivenUp = true;
    for (const { done } of this.entries) done.reject(error);
  }

  /** Ends the publishing. @returns the entries whose callers still wait */
  drop(): readonly PendingEntry[] {
    this.#publishing.abort();
    return this.#isGivenUp ? [] : this.entries;
  }
}

/** The entries of members that are there, and of no member. The others are refused: their clients say it elsewhere. */
export function ofPresent(entries: readonly PendingEntry[]): PendingEntry[] {
  const hasLeft = ({ token }: PendingEntry) => token instanceof Member && token.hasLeft;
  for (const { done } of entries.filter(hasLeft)) done.reject(stalled());
  return entries.filter((entry) => !hasLeft(entry));
}
