import type { Prng } from "../helpers/prng.ts";
import type { PayloadMaker } from "./payload.ts";

/** The outcome of a cycle without failures. */
export interface Outcome {
  /** The fault happened during the transfer. */
  readonly wasHit: boolean;
  /** Enough was received for the next attempt to resume. */
  readonly isResumable: boolean;
  /** A later attempt has resumed an earlier one. */
  readonly hasResumed: boolean;
  /** The first attempt succeeded in spite of the fault. */
  readonly atOnce: boolean;
}

/** The environment in which the cycles of one kind run, one after the other. */
export interface Stage extends AsyncDisposable {
  /** Runs one cycle. @throws {CheckError} if a check fails */
  cycle(prng: Prng): Promise<Outcome>;
}

/** Options of a {@link Stage}. */
export interface StageOptions {
  /** An empty folder, which is kept after a failure. */
  readonly folder: string;
  readonly maker: PayloadMaker;
  readonly prng: Prng;
}

/** A kind of faults. */
export interface Kind {
  readonly name: string;
  /** Cycles of the full run … */
  readonly cycles: number;
  /** … and of the tests. */
  readonly quickCycles: number;
  /** The full run ends after as many seconds, whatever the number of cycles. Default: no end. */
  readonly seconds?: number;
  /** Minimum share of resumable transfers that must be resumed. Default: 0. */
  readonly minResumedShare?: number;
  /** Minimum share of cycles in which the first attempt succeeds. Default: 0. */
  readonly minAtOnceShare?: number;
  /** Opens a stage; returns the reason if this machine cannot have one. */
  open(options: StageOptions): Promise<Stage | string>;
}
