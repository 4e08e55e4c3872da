import { setImmediate } from "node:timers";
import { KeyCounts } from "../../async/key_counts.ts";
import type { Frame } from "../../stream/frames/frame_reader.ts";
import { FairQueue, type JobOwner } from "../../worker/fair_queue.ts";

/** Bytes of a control frame that count as much as a frame does: a long path is work, too. */
const UNIT_BYTES = 1_024;
/**
 * Requests that cost as much as many others: they read the database, list members, or wake them. A turn costs
 * so little that few of them in each are hardly slower than many.
 */
const REQUEST_UNITS: Readonly<Record<string, number>> = {
  HELO: 4,
  HIST: 64,
  JOIN: 16,
  NICK: 8,
  ROOM: 16,
  WHOS: 32,
};
/** A request of HTTP costs as much as several frames: its head is text, and so is that of the answer. */
const HTTP_UNITS = 8;
/** What a slice of a listing costs: one of an address in a turn, four of all. */
const LISTED_UNITS = 64;
/** Entries of a slice: a millisecond of work. */
export const LISTED_AT_ONCE = 256;
/** Frames handled in one turn of the event loop: of a client, … */
const CLIENT_UNITS = 32;
/** … of all clients of an address, … */
const ADDRESS_UNITS = 64;
/** … and of all clients: some milliseconds of work. */
const ALL_UNITS = 256;

/** A frame that waits for its turn. */
interface WaitingFrame {
  readonly owner: JobOwner;
  readonly units: number;
  readonly resolve: () => void;
}

/**
 * Shares the turns of the event loop among clients: a flood of frames delays its own client and
 * address, and the others by a fraction of a turn. What is beyond a share waits for the next turn, in
 * turn by address and client.
 */
export class FairTurns {
  readonly #clients = new KeyCounts<number>();
  readonly #addresses = new KeyCounts<string>();
  readonly #waiting = new FairQueue<WaitingFrame>();
  #units = 0;
  #isScheduled = false;

  /**
   * Takes a turn for one frame, one request of HTTP, or {@link LISTED_AT_ONCE} entries of a listing.
   *
   * @returns `null` if it may be handled now, else a promise that resolves when it may
   */
  take(owner: JobOwner, work?: Frame | "http" | "listed"): Promise<void> | null {
    this.#schedule();
    const units = unitsOf(work);
    if (this.#hasShare(owner)) {
      this.#count(owner, units);
      return null;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(owner, { owner, units, resolve });
    return promise;
  }

  #hasShare({ address, client }: JobOwner): boolean {
    return this.#units < ALL_UNITS &&
      this.#addresses.of(address) < ADDRESS_UNITS &&
      this.#clients.of(client) < CLIENT_UNITS;
  }

  #count({ address, client }: JobOwner, units: number): void {
    this.#units += units;
    this.#clients.increment(client, units);
    this.#addresses.increment(address, units);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#isScheduled = false;
    this.#units = 0;
    this.#clients.clear();
    this.#addresses.clear();
    while (this.#units < ALL_UNITS) {
      const next = this.#waiting.shift((address) => {
        return this.#addresses.of(address) < ADDRESS_UNITS;
      });
      if (next === undefined) break;
      this.#count(next.owner, next.units);
      next.resolve();
    }
    if (this.#units > 0) this.#schedule();
  }
}

/** The share of a turn that a frame takes, or other work. Data are not looked at. */
function unitsOf(work: Frame | "http" | "listed" | undefined): number {
  if (work === "http") return HTTP_UNITS;
  if (work === "listed") return LISTED_UNITS;
  if (work?.kind !== "control") return 1;
  const { type, payload } = work;
  return (REQUEST_UNITS[type] ?? 1) + Math.floor(payload.length / UNIT_BYTES);
}
