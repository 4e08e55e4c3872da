/** What a flow needs of its pacer. */
interface FlowOptions {
  readonly request: (bytes: number, onPassed: () => void) => (() => void) | null;
  readonly pay: (bytes: number) => void;
  readonly onPassed: () => void;
  readonly onClosed: () => void;
}

/** The data of one connection in one direction, one piece after the other. */
export class PacedFlow {
  readonly #options: FlowOptions;
  #takeBack: (() => void) | null = null;
  /** Bytes that were let pass, and have not passed. */
  #passedBytes: number | null = null;
  #resolve: (() => void) | null = null;
  #isClosed = false;

  /** Use `Pacer.open`. */
  constructor(options: FlowOptions) {
    this.#options = options;
  }

  /**
   * Whether the next piece may pass now. If not, `onPassed` is called when it may; ask again then. Bytes
   * that were added to it meanwhile are paid later.
   */
  admits(bytes: number): boolean {
    if (this.#isClosed) return true;
    if (this.#takeBack !== null) return false;
    const passed = this.#passedBytes;
    this.#passedBytes = null;
    if (passed !== null) {
      if (bytes !== passed) this.#options.pay(bytes - passed);
      return true;
    }
    this.#takeBack = this.#options.request(bytes, () => {
      this.#passedBytes = bytes;
      this.#onPassed();
    });
    return this.#takeBack === null;
  }

  /** Resolves when the next piece may pass; `null` if that is now. Another one waits until then. */
  passed(bytes: number): Promise<void> | null {
    if (this.admits(bytes)) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resolve = () => {
      this.admits(bytes);
      resolve();
    };
    return promise;
  }

  /** Gives up what waits, and lets all pass from now on. Repeated calls do nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#takeBack?.();
    this.#options.onClosed();
    if (this.#takeBack !== null) this.#onPassed();
  }

  #onPassed(): void {
    const resolve = this.#resolve;
    this.#takeBack = null;
    this.#resolve = null;
    resolve?.();
    this.#options.onPassed();
  }
}
