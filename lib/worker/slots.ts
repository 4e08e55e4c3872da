import { KeyCounts } from "../async/key_counts.ts";
import { onAbort } from "../async/on_abort.ts";
import { FairQueue, type JobOwner } from "./fair_queue.ts";

/** The part of all slots that one address can hold. */
const SHARE_OF_ADDRESS = 4;

/**
 * A number of slots, each for a job that holds a file open between its calls. Jobs that wait for one
 * get it in turn by address, then by client; an address gets a quarter of them at most.
 */
export class Slots {
  readonly #limit: number;
  readonly #perAddress: number;
  readonly #held = new KeyCounts<string>();
  readonly #waiting = new FairQueue<PromiseWithResolvers<void>>();
  #count = 0;

  /** @param limit the number of slots */
  constructor(limit: number) {
    this.#limit = limit;
    this.#perAddress = Math.max(1, Math.floor(limit / SHARE_OF_ADDRESS));
  }

  /** The number of jobs that wait. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Whether a job of an address would get a slot at once. */
  isFree(address: string): boolean {
    return this.#count < this.#limit && this.#mayHold(address);
  }

  /**
   * Takes a slot, which must be released.
   *
   * @throws the reason of `signal` if that fires first; that of `close`
   */
  async take(owner: JobOwner, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.isFree(owner.address)) return this.#hold(owner.address);
    const waiter = Promise.withResolvers<void>();
    this.#waiting.push(owner, waiter);
    using _ = onAbort(signal, () => {
      if (this.#waiting.remove(owner, waiter)) waiter.reject(signal?.reason);
    });
    await waiter.promise; // `release` has taken the slot
  }

  /** Gives a slot back. */
  release({ address }: JobOwner): void {
    this.#count--;
    this.#held.decrement(address);
    this.#serve();
  }

  /** Rejects the jobs that wait. */
  close(error: Error): void {
    for (const { reject } of this.#waiting.clear()) reject(error);
  }

  #serve(): void {
    while (this.#count < this.#limit) {
      let served = "";
      const waiter = this.#waiting.shift((address) => {
        served = address;
        return this.#mayHold(address);
      });
      if (waiter === undefined) return;
      this.#hold(served);
      waiter.resolve();
    }
  }

  #mayHold(address: string): boolean {
    return this.#held.of(address) < this.#perAddress;
  }

  #hold(address: string): void {
    this.#count++;
    this.#held.increment(address);
  }
}
