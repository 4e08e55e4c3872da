/**
 * The contents of a batch, one behind the other, as they arrive. Each piece is copied, so that its buffer can be
 * used again at once: a peer that sends byte by byte would else hold a whole buffer with each of them.
 */
export class BatchContent {
  readonly #totalBytes: number;
  #area: Uint8Array<ArrayBuffer> | null = null;
  #length = 0;

  /** @param totalBytes as announced, at most `LIMITS.batchBytes`; memory is taken when the first of them arrive */
  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  /** The bytes that have arrived. */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece; `false` for one that reaches beyond the announced bytes. */
  add(piece: Uint8Array): boolean {
    if (this.#length + piece.length > this.#totalBytes) return false;
    this.#area ??= new Uint8Array(this.#totalBytes);
    this.#area.set(piece, this.#length);
    this.#length += piece.length;
    return true;
  }

  /** All contents; `null` while some are missing. The caller owns the buffer. */
  whole(): Uint8Array<ArrayBuffer> | null {
    if (this.#length < this.#totalBytes) return null;
    return this.#area ?? new Uint8Array(0);
  }
}
