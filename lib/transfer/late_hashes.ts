import { pause } from "../async/pause.ts";
import type { HashedFile } from "../files/hash_index.ts";

/** Batches that wait: some megabytes. */
const MAX_BATCHES = 64;
/** How long no batch comes, at least, before those that wait are stored. */
const QUIET_MS = 100;

/** Hashes of many files that were read at the same time. */
export interface HashedBatch {
  /** Makes the list: what waits keeps what it is made from, which is smaller. */
  readonly files: () => readonly HashedFile[];
  /** When the first of them was begun to be read, milliseconds since 1970. */
  readonly startedMs: number;
  /** When the last of them was read. */
  readonly endedMs: number;
}

/**
 * Batches of hashes that are stored when no more come: a client that fetches many files does not wait for that. Of more
 * than wait, the oldest is stored at once. What waits when the server stops is dropped: it is computed again.
 */
export class LateHashes {
  readonly #store: (batch: HashedBatch) => void;
  #batches: HashedBatch[] = [];
  /** Batches so far. */
  #added = 0;
  #isWaiting = false;

  /** @param store must not throw */
  constructor(store: (batch: HashedBatch) => void) {
    this.#store = store;
  }

  /** Adds a batch. @param signal fires when the server stops */
  add(batch: HashedBatch, signal: AbortSignal): void {
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
    const batch = this.#batches.shift();
    if (batch !== undefined) this.#store(batch);
  }
}
