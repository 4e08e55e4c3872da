import { setImmediate } from "node:timers";
import { KeyCounts } from "../../async/key_counts.ts";
import { FairQueue, type JobOwner } from "../../worker/fair_queue.ts";

/** Frames handled in one turn of the event loop: of a client, … */
const CLIENT_FRAMES = 32;
/** … of all clients of an address, … */
const ADDRESS_FRAMES = 64;
/** … and of all clients: some milliseconds of work. */
const ALL_FRAMES = 256;

/**
 * Shares the turns of the event loop among clients: a flood of frames delays its own client and
 * address, and the others by a fraction of a turn. What is beyond a share waits for the next turn, in
 * turn by address and client.
 */
export class FairTurns {
  readonly #clients = new KeyCounts<number>();
  readonly #addresses = new KeyCounts<string>();
  readonly #waiting = new FairQueue<{ readonly owner: JobOwner; readonly resolve: () => void }>();
  #frames = 0;
  #isScheduled = false;

  /**
   * Takes a turn for one frame.
   *
   * @returns `null` if it may be handled now, else a promise that resolves when it may
   */
  take(owner: JobOwner): Promise<void> | null {
    this.#schedule();
    if (this.#hasShare(owner)) {
      this.#count(owner);
      return null;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(owner, { owner, resolve });
    return promise;
  }

  #hasShare({ address, client }: JobOwner): boolean {
    return this.#frames < ALL_FRAMES &&
      this.#addresses.of(address) < ADDRESS_FRAMES &&
      this.#clients.of(client) < CLIENT_FRAMES;
  }

  #count({ address, client }: JobOwner): void {
    this.#frames++;
    this.#clients.increment(client);
    this.#addresses.increment(address);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#isScheduled = false;
    this.#frames = 0;
    this.#clients.clear();
    this.#addresses.clear();
    while (this.#frames < ALL_FRAMES) {
      const next = this.#waiting.shift((address) => {
        return this.#addresses.of(address) < ADDRESS_FRAMES;
      });
      if (next === undefined) break;
      this.#count(next.owner);
      next.resolve();
    }
    if (this.#frames > 0) this.#schedule();
  }
}
