import { FairQueue, type JobOwner } from "./fair_queue.ts";

/**
 * How soon the calls of a job run: `short` jobs end by themselves, and come first; `long` ones wait
 * for a peer between their calls; `background` ones run while nothing else waits.
 */
export type JobKind = "short" | "long" | "background";

/** Short calls served before a long one has its turn: a flood of them must not stop transfers. */
const SHORT_RUN = 64;

/** The calls that wait for a thread: short ones first, fair among clients within a kind. */
export class CallQueue<T> {
  readonly #byKind: Readonly<Record<JobKind, FairQueue<T>>> = {
    short: new FairQueue(),
    long: new FairQueue(),
    background: new FairQueue(),
  };
  #shortRun = 0;

  /** The number of calls. */
  get length(): number {
    const { short, long, background } = this.#byKind;
    return short.length + long.length + background.length;
  }

  /** Adds a call. Calls of the same kind and owner keep their order. */
  push(kind: JobKind, owner: JobOwner, call: T): void {
    this.#byKind[kind].push(owner, call);
  }

  /** Removes and returns the next call; `undefined` if there is none. */
  shift(): T | undefined {
    const { short, long, background } = this.#byKind;
    const isShortNext = this.#shortRun < SHORT_RUN || long.length === 0;
    const first = isShortNext ? short.shift() : undefined;
    this.#shortRun = first === undefined ? 0 : this.#shortRun + 1;
    return first ?? long.shift() ?? short.shift() ?? background.shift();
  }

  /** Removes and returns all calls. */
  clear(): T[] {
    return Object.values(this.#byKind).flatMap((queue) => queue.clear());
  }
}
