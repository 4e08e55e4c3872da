import { Latch } from "../../async/latch.ts";
/** What comes in for an upload, in its order. */
export type UploadPiece =
  | { readonly kind: "data"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "zstd"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end"; readonly sha256: string };

/** Bounds what waits in all streams of a connection, in bytes of memory. */
export class ReceiveBudget {
  readonly #limitBytes: number;
  #bytes = 0;
  readonly #released = new Latch();

  /** @param limitBytes how much may wait; what comes in beyond it has its sender wait */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Something came in. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** It was taken. */
  release(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes <= this.#limitBytes) this.#released.open();
  }

  /** Resolves when more may come in. */
  available(): Promise<void> {
    return this.#bytes <= this.#limitBytes ? Promise.resolve() : this.#released.wait();
  }
}

/**
 * The data of one upload, between the connection that it comes from and whoever writes it.
 *
 * It may come before anybody wants it, and after nobody wants it any more.
 */
export class UploadStream {
  readonly #waitingRoom: ReceiveBudget;
  #pieces: UploadPiece[] = [];
  #next: PromiseWithResolvers<UploadPiece> | null = null;
  #hungrySinceMs = 0;
  #error: unknown = null;
  #isDropping = false;

  /** All streams of a connection share the room. */
  constructor(waitingRoom: ReceiveBudget) {
    this.#waitingRoom = waitingRoom;
  }

  /** Whether somebody waits for the next piece. */
  get isAwaitingData(): boolean {
    return this.#next !== null;
  }

  /** For how long somebody has waited for the next piece. @param nowMs by `performance.now()` */
  awaitingMs(nowMs: number): number {
    return this.isAwaitingData ? nowMs - this.#hungrySinceMs : 0;
  }

  /** Whether all is here that will come. */
  get isWhole(): boolean {
    return this.#pieces.at(-1)?.kind === "end";
  }

  /** Takes a piece, whose bytes become this object's. Resolves when more may come. */
  push(piece: UploadPiece): Promise<void> {
    if (this.#isDropping) return Promise.resolve();
    if (this.#next !== null) {
      this.#next.resolve(piece);
      this.#next = null;
      return Promise.resolve();
    }
    this.#pieces.push(piece);
    this.#waitingRoom.add(weightOf(piece));
    return this.#waitingRoom.available();
  }

  /** The next piece. @throws the reason of `fail` */
  next(): Promise<UploadPiece> {
    if (this.#error !== null) return Promise.reject(this.#error);
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#waitingRoom.release(weightOf(piece));
      return Promise.resolve(piece);
    }
    this.#next = Promise.withResolvers<UploadPiece>();
    this.#hungrySinceMs = performance.now();
    return this.#next.promise;
  }

  /** @throws the reason of `fail`, which has been called */
  throwError(): never {
    throw this.#error ?? new Error("Cannot take the upload: its worker failed");
  }

  /** Nobody wants the rest. */
  drop(): void {
    this.#isDropping = true;
    for (const piece of this.#pieces) this.#waitingRoom.release(weightOf(piece));
    this.#pieces = [];
  }

  /** Has `next` fail: there is no rest, or nobody may have it. */
  fail(error: unknown): void {
    this.drop();
    this.#error ??= error;
    this.#next?.reject(error);
    this.#next = null;
  }
}

function weightOf(piece: UploadPiece): number {
  return piece.kind === "end" ? 0 : piece.bytes.buffer.byteLength;
}
