import { LIMITS, PACE_LIMITS } from "../protocol/limits.ts";
import { ByteBucket } from "./byte_bucket.ts";
import { PacedFlow } from "./paced_flow.ts";
import { checkRates, type RateLimits } from "./rate_limits.ts";

/** Tells the time, and calls back later; a test has a clock of its own. */
export interface PaceClock {
  /** In milliseconds. */
  nowMs(): number;
  /** Calls `callback` after so many milliseconds. Returns what prevents that. */
  after(ms: number, callback: () => void): () => void;
}

const SYSTEM_CLOCK: PaceClock = {
  nowMs: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** A piece of data that waits to pass. */
interface Piece {
  readonly bytes: number;
  readonly sinceMs: number;
  readonly onPassed: () => void;
}

/** A client, with the waiting pieces of all its connections. */
interface Share {
  readonly bucket: ByteBucket;
  readonly waiting: Piece[];
  flows: number;
  /** Its virtual time: the client with the least passes next. It grows by the bytes that pass. */
  time: number;
  /** Set while its first piece waits for the client's own rate. */
  cancelTimer: (() => void) | null;
}

/**
 * Paces file data in one direction: each client has a rate, and all clients share a total.
 *
 * The total is shared by clients, not by connections, and in bytes (start-time fair queueing): neither
 * many connections nor large pieces get more. Pieces of a client pass in their order.
 */
export class Pacer {
  readonly #clock: PaceClock;
  readonly #total: ByteBucket;
  readonly #shares = new Map<string, Share>();
  /** Clients without a flow, until their buckets are full: a client that connects again has no new burst. */
  readonly #resting = new Map<string, Share>();
  readonly #ring = new Set<Share>();
  /** The virtual time of the piece that has passed last. */
  #time = 0;
  #limits: RateLimits = {};
  #cancelTimer: (() => void) | null = null;
  #isPassing = false;
  #waitedMs = 0;

  /** Paces nothing before `limits` are set. */
  constructor(clock = SYSTEM_CLOCK) {
    this.#clock = clock;
    this.#total = new ByteBucket(Infinity, clock.nowMs());
  }

  /** The limits in force. */
  get limits(): RateLimits {
    return this.#limits;
  }

  /** Changes the limits, for what waits already, too. @throws {RangeError} for less than 16,384 */
  set limits(limits: RateLimits) {
    checkRates(limits);
    const nowMs = this.#clock.nowMs();
    this.#limits = limits;
    this.#total.setRate(limits.total ?? Infinity, nowMs);
    for (const share of this.#shares.values()) {
      share.bucket.setRate(limits.perClient ?? Infinity, nowMs);
      this.#place(share);
    }
    this.#pass();
  }

  /** Whether anything is paced. */
  get isLimited(): boolean {
    return this.#rate !== Infinity;
  }

  /** The size for frames of data: an eighth of a second, so that a small rate flows evenly. */
  get frameBytes(): number {
    const wanted = Math.max(PACE_LIMITS.frameBytes, this.#rate / 8);
    return Math.round(Math.min(LIMITS.protocol2DataBytes, wanted));
  }

  /** For how long pieces have waited in all, in milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /**
   * Opens a flow of data. The caller closes it.
   *
   * @param client names the client that it is of
   * @param onPassed called when a piece that had to wait may pass, or the flow is closed
   */
  open(client: string, onPassed = () => {}): PacedFlow {
    const share = this.#shareOf(client);
    share.flows++;
    return new PacedFlow({
      request: (bytes, onPassed) => this.#request(share, bytes, onPassed),
      pay: (bytes) => this.#pay(share, bytes),
      onPassed,
      onClosed: () => {
        if (--share.flows === 0) this.#resting.set(client, share);
      },
    });
  }

  get #rate(): number {
    const { total, perClient } = this.#limits;
    return Math.min(total ?? Infinity, perClient ?? Infinity);
  }

  #shareOf(client: string): Share {
    this.#forgetRested();
    this.#resting.delete(client);
    const known = this.#shares.get(client);
    if (known !== undefined) return known;
    const bucket = new ByteBucket(this.#limits.perClient ?? Infinity, this.#clock.nowMs());
    // Behind all that wait: a stream of new clients starves none of them
    const time = [...this.#ring].reduce((latest, { time }) => Math.max(latest, time), this.#time);
    const share: Share = {
      bucket,
      waiting: [],
      flows: 0,
      time,
      cancelTimer: null,
    };
    this.#shares.set(client, share);
    return share;
  }

  #forgetRested(): void {
    const nowMs = this.#clock.nowMs();
    for (const [client, { bucket }] of this.#resting) {
      if (bucket.fullInMs(nowMs) > 0) return;
      this.#resting.delete(client);
      this.#shares.delete(client);
    }
  }

  /** Lets a piece pass, now or later. Returns what takes it back; `null` if it has passed. */
  #request(share: Share, bytes: number, onPassed: () => void): (() => void) | null {
    if (!this.isLimited) return null;
    let hasPassed = false;
    let isNow = true;
    const piece: Piece = {
      bytes,
      sinceMs: this.#clock.nowMs(),
      onPassed: () => {
        hasPassed = true;
        if (!isNow) onPassed();
      },
    };
    share.waiting.push(piece);
    this.#place(share);
    this.#pass();
    isNow = false;
    return hasPassed ? null : () => this.#takeBack(share, piece);
  }

  #takeBack(share: Share, piece: Piece): void {
    const index = share.waiting.indexOf(piece);
    if (index < 0) return;
    share.waiting.splice(index, 1);
    this.#place(share);
    this.#pass();
  }

  #pay({ bucket }: Share, bytes: number): void {
    const nowMs = this.#clock.nowMs();
    bucket.pay(bytes, nowMs);
    this.#total.pay(bytes, nowMs);
  }

  /** Lets a client wait for its own rate first, then for the total. */
  #place(share: Share): void {
    const [first] = share.waiting;
    share.cancelTimer?.();
    share.cancelTimer = null;
    const waitMs = first === undefined ? 0 : share.bucket.waitMs(first.bytes, this.#clock.nowMs());
    if (first === undefined || waitMs > 0) this.#ring.delete(share);
    else if (!this.#ring.has(share)) {
      share.time = Math.max(share.time, this.#time);
      this.#ring.add(share);
    }
    if (waitMs === 0) return;
    share.cancelTimer = this.#clock.after(waitMs, () => {
      this.#place(share);
      this.#pass();
    });
  }

  /** Lets pieces pass until the total is used up. A flow that asks meanwhile waits for its turn, too. */
  #pass(): void {
    if (this.#isPassing) return;
    this.#isPassing = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let share = this.#next(); share !== null; share = this.#next()) {
      const waitMs = this.#passFirst(share);
      if (waitMs === 0) continue;
      this.#cancelTimer = this.#clock.after(waitMs, () => this.#pass());
      break;
    }
    this.#isPassing = false;
  }

  /** Lets the first piece of a client pass. Returns how long it has to wait, if it may not. */
  #passFirst(share: Share): number {
    const [piece] = share.waiting;
    if (piece === undefined) throw new Error("Cannot pace: no piece waits");
    const nowMs = this.#clock.nowMs();
    const waitMs = this.#total.waitMs(piece.bytes, nowMs);
    if (waitMs > 0) return waitMs;
    share.waiting.shift();
    this.#time = share.time;
    share.time += piece.bytes;
    this.#pay(share, piece.bytes);
    this.#waitedMs += nowMs - piece.sinceMs;
    this.#place(share);
    piece.onPassed();
    return 0;
  }

  /** The client whose turn it is; the one that has waited longest, of several. */
  #next(): Share | null {
    let next: Share | null = null;
    for (const share of this.#ring) if (next === null || share.time < next.time) next = share;
    return next;
  }
}
