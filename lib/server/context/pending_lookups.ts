import { Condition } from "../../async/condition.ts";
import type { KeyCounts } from "../../async/key_counts.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { RequestType } from "../../protocol/requests.ts";

/** Requests that threads answer, and that wait for nothing from the client. */
const LOOKUPS: ReadonlySet<RequestType> = new Set(["LIST", "STAT", "MKDR", "MOVE", "DELE"]);

/** Whether a request is one that {@link PendingLookups} counts. */
export function isLookup(type: RequestType): boolean {
  return LOOKUPS.has(type);
}

/**
 * The unanswered lookups of a connection. While those of its address are many, a few of each connection
 * wait here; the others wait in the sockets, where they cost the main isolate nothing.
 */
export class PendingLookups {
  readonly #byAddress: KeyCounts<string>;
  readonly #address: string;
  readonly #ended = new Condition();
  #count = 0;

  /** @param byAddress counts those of all connections */
  constructor(byAddress: KeyCounts<string>, address: string) {
    this.#byAddress = byAddress;
    this.#address = address;
  }

  /** Adds a lookup as soon as it may begin; the caller ends it. */
  async begin(): Promise<void> {
    while (this.#isFull) await this.#ended.wait();
    this.#count++;
    this.#byAddress.increment(this.#address);
  }

  /** Removes a lookup that was answered. */
  end(): void {
    this.#count--;
    this.#byAddress.decrement(this.#address);
    this.#ended.notifyAll();
  }

  get #isFull(): boolean {
    return this.#count >= LIMITS.lookupsWhileBusy &&
      this.#byAddress.of(this.#address) >= LIMITS.lookupsPerAddress;
  }
}
