/** A payload grows by what really arrives, not by what the header promises. */
const FIRST_PAYLOAD_BYTES = 1024;

/** A frame that is handed on whole, whose payload is still coming in. */
export class PartialFrame {
  #payload: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param size of the payload, in bytes, which has passed its limit */
  constructor(readonly code: number, readonly size: number) {
    this.#payload = new Uint8Array(Math.min(size, FIRST_PAYLOAD_BYTES));
  }

  /** The payload, which is the receiver's own once it is whole. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.#payload;
  }

  /** Whether all of it has come in. */
  get isWhole(): boolean {
    return this.#length === this.size;
  }

  /** Copies what is there of it, from the front of `bytes`; how many bytes that were. */
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
