import { Condition } from "../../async/condition.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** An upload is judged by the bytes of a minute, at the pace that a data frame must have. */
const WINDOW_MS = 2 * LIMITS.dataWindowMs;
const WINDOW_BYTES = 2 * LIMITS.dataWindowBytes;

/** A piece of an upload; `end` is FEND. */
export type UploadPiece =
  | { readonly kind: "data"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "zstd"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end"; readonly sha256: string };

/** Limits the memory of the waiting pieces in all streams of a connection, in bytes. */
export class ReceiveBudget {
  readonly #limitBytes: number;
  #bytes = 0;
  readonly #released = new Condition();

  /** @param limitBytes beyond it, the connection is not read until pieces are released */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Adds the bytes of a received piece. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Releases the bytes of a piece that was read or dropped. */
  release(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes <= this.#limitBytes) this.#released.notifyAll();
  }

  /** Resolves when another piece may be received. */
  available(): Promise<void> {
    return this.#bytes <= this.#limitBytes ? Promise.resolve() : this.#released.wait();
  }
}

/**
 * The data of an upload, between the connection and the receiver that writes them.
 *
 * Pieces may arrive before the receiver reads them, and after it has stopped.
 */
export class UploadStream {
  readonly #budget: ReceiveBudget;
  #pieces: UploadPiece[] = [];
  #next: PromiseWithResolvers<UploadPiece> | null = null;
  #awaitingSinceMs = 0;
  #error: unknown = null;
  #isDropping = false;
  #windowStartMs = performance.now();
  #windowBytes = 0;
  /** Infinite before the first window is over. */
  #lastWindowBytes = Infinity;

  /** @param budget shared by all streams of a connection */
  constructor(budget: ReceiveBudget) {
    this.#budget = budget;
  }

  /** Whether `next` waits for a piece. */
  get isAwaitingData(): boolean {
    return this.#next !== null;
  }

  /** How long `next` has waited, in milliseconds. @param nowMs a reading of `performance.now()` */
  awaitingMs(nowMs: number): number {
    return this.isAwaitingData ? nowMs - this.#awaitingSinceMs : 0;
  }

  /**
   * How long the upload has stalled, in milliseconds: as `awaitingMs`, or a whole window in which too
   * little came. A byte now and then keeps no upload alive.
   *
   * @param nowMs a reading of `performance.now()`
   */
  stalledMs(nowMs: number): number {
    this.#roll(nowMs);
    const isSlow = this.isAwaitingData && this.#lastWindowBytes < WINDOW_BYTES;
    return Math.max(this.awaitingMs(nowMs), isSlow ? WINDOW_MS : 0);
  }

  /** Whether the upload is here as a whole: its last piece waits. */
  get isWhole(): boolean {
    return this.#pieces.at(-1)?.kind === "end";
  }

  /** Adds a piece, and owns its bytes. Resolves when another piece may be received. */
  push(piece: UploadPiece): Promise<void> {
    if (this.#isDropping) return Promise.resolve();
    this.#roll(performance.now());
    if (piece.kind !== "end") this.#windowBytes += piece.bytes.length;
    if (this.#next !== null) {
      this.#next.resolve(piece);
      this.#next = null;
      return Promise.resolve();
    }
    this.#pieces.push(piece);
    this.#budget.add(memoryOf(piece));
    return this.#budget.available();
  }

  /** The next piece. @throws the reason of `fail` */
  next(): Promise<UploadPiece> {
    if (this.#error !== null) return Promise.reject(this.#error);
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#budget.release(memoryOf(piece));
      return Promise.resolve(piece);
    }
    this.#next = Promise.withResolvers<UploadPiece>();
    this.#awaitingSinceMs = performance.now();
    return this.#next.promise;
  }

  /** @throws the reason of `fail` */
  throwError(): never {
    throw this.#error ?? new Error("Cannot receive the upload: its worker failed");
  }

  #roll(nowMs: number): void {
    if (nowMs - this.#windowStartMs < WINDOW_MS) return;
    this.#lastWindowBytes = this.#windowBytes;
    this.#windowBytes = 0;
    this.#windowStartMs = nowMs;
  }

  /** Drops the waiting pieces and all later ones. */
  drop(): void {
    this.#isDropping = true;
    for (const piece of this.#pieces) this.#budget.release(memoryOf(piece));
    this.#pieces = [];
  }

  /** Drops all pieces, and makes `next` reject. */
  fail(error: unknown): void {
    this.drop();
    this.#error ??= error;
    this.#next?.reject(error);
    this.#next = null;
  }
}

/** A piece keeps its whole buffer alive. */
function memoryOf(piece: UploadPiece): number {
  return piece.kind === "end" ? 0 : piece.bytes.buffer.byteLength;
}
