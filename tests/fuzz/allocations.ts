import type { Tally } from "./tally.ts";

/** A data frame with its header, and a second one that it is copied from. */
const LIMIT_BYTES = 2 * (1_048_576 + 12);

/**
 * Watches the buffers that code of this isolate makes: none may be larger than the limits of frames
 * give reason for. Disposal restores the constructors.
 */
export class AllocationWatch implements Disposable {
  readonly #tally: Tally;
  readonly #originals = { Uint8Array, ArrayBuffer };
  #isPaused = false;

  /** @param tally gets the largest buffer, and a violation for one above the limit */
  constructor(tally: Tally) {
    this.#tally = tally;
    globalThis.Uint8Array = this.#watched(Uint8Array);
    globalThis.ArrayBuffer = this.#watched(ArrayBuffer);
  }

  /** Runs work of the fuzzer itself, which may allocate what it likes. */
  pause<T>(work: () => T): T {
    this.#isPaused = true;
    try {
      return work();
    } finally {
      this.#isPaused = false;
    }
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
    if (this.#isPaused || !(bytes > this.#tally.largestBuffer)) return;
    this.#tally.largestBuffer = bytes;
    if (bytes > LIMIT_BYTES) {
      const { stack } = new Error();
      this.#tally.violate(`A buffer of ${bytes} bytes was made${stack?.slice("Error".length)}`);
    }
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#originals);
  }
}
