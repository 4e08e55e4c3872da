import { LIMITS } from "../protocol/limits.ts";

/** From then on a peer is watched that waits for an answer. */
const LONG_ANSWER_MS = 250;
/** Between the first two probes; each later wait is twice as long, so that there are few. */
const FIRST_WAIT_MS = 1_000;

/** A peer that waits for an answer. */
export interface WaitingPeer {
  /** Whether the peer ends its side before it sends anything more. Rejects if the connection is lost. */
  endsNext(): Promise<boolean>;
  /**
   * Writes what a peer skips that still waits, and what fails for one that has left; rejects then.
   * `null` where the peer's version of HTTP has nothing of the kind.
   */
  readonly probe: (() => Promise<void>) | null;
  /** The peer has left. Called at most once, and never after the end of the watch. */
  onLeft(): void;
}

/**
 * Watches a peer while its answer takes long.
 *
 * A peer that ends its side may have left, or may still read (RFC 9112, section 9.6): only a write tells, which
 * makes the system of a peer that has left reset the connection. Disposal ends the watch.
 */
export class PeerWatch implements Disposable {
  readonly #peer: WaitingPeer;
  #timer: ReturnType<typeof setTimeout>;
  #isOver = false;

  /** Begins the watch. */
  constructor(peer: WaitingPeer) {
    this.#peer = peer;
    this.#timer = setTimeout(() => this.#watch(), LONG_ANSWER_MS);
  }

  async #watch(): Promise<void> {
    const { probe } = this.#peer;
    try {
      if (!await this.#peer.endsNext() || this.#isOver) return;
    } catch {
      return this.#onLeft();
    }
    if (probe !== null) return await this.#probe(probe, FIRST_WAIT_MS);
    this.#timer = setTimeout(() => this.#onLeft(), LIMITS.httpEndedMs);
  }

  async #probe(probe: () => Promise<void>, waitMs: number): Promise<void> {
    try {
      await probe();
    } catch {
      return this.#onLeft();
    }
    if (this.#isOver) return;
    this.#timer = setTimeout(() => this.#probe(probe, 2 * waitMs), waitMs);
  }

  #onLeft(): void {
    if (!this.#isOver) this.#peer.onLeft();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
