/** The payload buffer grows with the bytes that arrive, not by the size in the header. */
const FIRST_PAYLOAD_BYTES = 1024;

/** A frame that is passed on whole and whose payload is still arriving. */
export class PartialFrame {
  #payload: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param size of the payload in bytes, which has passed its limit */
  constructor(readonly code: number, readonly size: number) {
    this.#payload = new Uint8Array(Math.min(size, FIRST_PAYLOAD_BYTES));
  }

  /** The payload, which the receiver owns once it is whole. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.#payload;
  }

  /** Whether the payload is complete. */
  get isWhole(): boolean {
    return this.#length === this.size;
  }

  /** Appends payload bytes from the front of `bytes`; returns how many of them belong to it. */
  append(bytes: Uint8Array): number {
    const count = Math.min(this.size - this.#length, bytes.length);
    const needed = this.#length + count;
    if (needed > this.#payload.length) {
      const grown = new Uint8Array(Math.min(this.size, Math.max(needed, this.#length * 2)));
      grown.set(this.#payload.subarray(0, this.#length));
      this.#payload = grown;
    }
    this.#payload.set(bytes.subarray(0, count), this.#length);
    this.#length = needed;
    return count;
  }
}
