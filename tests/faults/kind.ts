import type { Prng } from "./prng.ts";
import type { PayloadMaker } from "./payload.ts";

/** What became of one cycle in which nothing failed. */
export interface Outcome {
  /** The fault struck while the transfer was under way. */
  readonly wasHit: boolean;
  /** So much was there already that the next try should have gone on. */
  readonly isResumable: boolean;
  /** A later try went on where an earlier one had broken off. */
  readonly hasResumed: boolean;
  /** The first try, which was disturbed, succeeded. */
  readonly atOnce: boolean;
}

/** A place where the cycles of one kind can be carried out one after the other. */
export interface Stage extends AsyncDisposable {
  /** Carries out one cycle. @throws when something is not as it should be */
  cycle(prng: Prng): Promise<Outcome>;
}

/** What a stage is made of. */
export interface StageOptions {
  /** An empty folder, which is kept when something fails. */
  readonly folder: string;
  readonly maker: PayloadMaker;
  readonly prng: Prng;
}

/** One kind of faults. */
export interface Kind {
  readonly name: string;
  /** Cycles in the full form … */
  readonly cycles: number;
  /** … and in the tests. */
  readonly quickCycles: number;
  /** How many of the resumable transfers must have been resumed. */
  readonly leastResumed?: number;
  /** Makes a stage; a text that says why there cannot be one on this machine. */
  open(options: StageOptions): Promise<Stage | string>;
}
