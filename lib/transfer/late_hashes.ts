import { pause } from "../async/pause.ts";

/** Batches that wait: some megabytes. */
const MAX_BATCHES = 64;
/** How long no batch comes, at least, before those that wait are stored. */
const QUIET_MS = 100;

/** Stores the hashes of many files. Must not throw. What waits keeps what their list is made from, which is smaller. */
export type StoreHashes = () => void;

/**
 * Batches of hashes that are stored when no more come: a client that moves many files does not wait for that. Of more
 * than wait, the oldest is stored at once. What waits when the server stops is dropped: it is computed again.
 */
export class LateHashes {
  #batches: StoreHashes[] = [];
  /** Batches so far. */
  #added = 0;
  #isWaiting = false;

  /** Adds a batch. @param signal fires when the server stops */
  add(batch: StoreHashes, signal: AbortSignal): void {
    this.#added++;
    this.#batches.push(batch);
    if (this.#batches.length > MAX_BATCHES) this.#storeNext();
    if (!this.#isWaiting) this.#storeWhenQuiet(signal);
  }

  async #storeWhenQuiet(signal: AbortSignal): Promise<void> {
    this.#isWaiting = true;
    for (let isQuiet = false; this.#batches.length > 0 && !signal.aborted;) {
      const added = this.#added;
      await pause(isQuiet ? 0 : QUIET_MS, signal); // Others have their turn
      isQuiet = added === this.#added;
      if (isQuiet && !signal.aborted) this.#storeNext();
    }
    this.#isWaiting = false;
    if (signal.aborted) this.#batches = [];
  }

  #storeNext(): void {
    this.#batches.shift()?.();
  }
}
