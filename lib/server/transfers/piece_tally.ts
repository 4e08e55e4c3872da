/** A part of a file that was sent. */
export interface SentPiece {
  readonly path: string;
  readonly version: string;
  readonly bytes: number;
  /** Whether it reaches to the end of the file. */
  readonly isLast: boolean;
  /** When its sending began, a reading of `performance.now()`. */
  readonly startedMs: number;
}

/** Adds up the pieces of a file that a client gets one after the other: they are one download. */
export class PieceTally {
  #sum: SentPiece | null = null;

  /** Adds a piece, and returns the sum so far. A piece of another file begins a new sum. */
  add(piece: SentPiece): SentPiece {
    const before = this.#sum;
    const isSame = before?.path === piece.path && before.version === piece.version;
    const sum = isSame
      ? { ...piece, bytes: before.bytes + piece.bytes, startedMs: before.startedMs }
      : piece;
    this.#sum = piece.isLast ? null : sum;
    return sum;
  }
}
