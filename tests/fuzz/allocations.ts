import type { Tally } from "./tally.ts";

/** A data frame with its header, and a second one that it is copied from. */
const LIMIT_BYTES = 2 * (1_048_576 + 12);
/** Twice what has come, and a buffer to read into. */
const perInput = (inputBytes: number) => 2 * inputBytes + 72 * 1024;

/**
 * Watches the buffers that code of this isolate makes: none may be larger than the limits of frames
 * give reason for. Disposal restores the constructors.
 */
export class AllocationWatch implements Disposable {
  readonly #tally: Tally;
  readonly #originals = { Uint8Array, ArrayBuffer };
  #limitBytes = LIMIT_BYTES;

  /** @param tally gets the largest buffer, and a violation for one above the limit */
  constructor(tally: Tally) {
    this.#tally = tally;
    globalThis.Uint8Array = this.#watched(Uint8Array);
    globalThis.ArrayBuffer = this.#watched(ArrayBuffer);
  }

  /** Runs work of the fuzzer itself, which may allocate what it likes. */
  pause<T>(work: () => T): T {
    this.#limitBytes = Infinity;
    try {
      return work();
    } finally {
      this.#limitBytes = LIMIT_BYTES;
    }
  }

  /** Runs work on input of a peer: what the peer has only announced takes no memory. */
  async during(inputBytes: number, work: () => Promise<void>): Promise<void> {
    this.#limitBytes = perInput(inputBytes);
    await work().finally(() => this.#limitBytes = LIMIT_BYTES);
  }

  #watched<C extends typeof Uint8Array | typeof ArrayBuffer>(original: C): C {
    const watched: C = new Proxy(original, {
      construct: (target, args, newTarget) => {
        this.#note(args[0]);
        return Reflect.construct(target, args, newTarget === watched ? target : newTarget);
      },
    });
    return watched;
  }

  /** @param source a length, or an array that is copied; a buffer is shared */
  #note(source: unknown): void {
    const bytes = ArrayBuffer.isView(source) ? source.byteLength : Number(source);
    if (this.#limitBytes === Infinity || !(bytes > 0)) return;
    this.#tally.largestBuffer = Math.max(this.#tally.largestBuffer, bytes);
    if (bytes > this.#limitBytes) {
      const { stack } = new Error();
      this.#tally.violate(`A buffer of ${bytes} bytes was made${stack?.slice("Error".length)}`);
    }
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#originals);
  }
}
