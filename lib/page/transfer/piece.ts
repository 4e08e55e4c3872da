import { onAbort } from "../../async/on_abort.ts";
import type { DownloadReceiver } from "../../client/download_receiver.ts";
import type { DownloadHead } from "../../protocol/answers.ts";
import { ProtocolError, type RequestError } from "../../protocol/errors.ts";

/** What comes of a {@link Piece}. */
export interface PieceOptions {
  readonly onHead: (head: DownloadHead) => void | Promise<void>;
  readonly onData: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly signal: AbortSignal;
}

/** One FGET, of a piece of a file or of a whole one. What comes after its failure is dropped. */
export class Piece implements DownloadReceiver {
  readonly #options: PieceOptions;
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<string | null>();
  #hasBegun = false;
  #isSettled = false;
  #cancel: () => void = () => {};
  readonly #abortion: Disposable;

  constructor(options: PieceOptions) {
    this.#options = options;
    this.#begun.promise.catch(() => {}); // As the end
    this.#ended.promise.catch(() => {}); // Another piece may have failed before
    this.#abortion = onAbort(options.signal, () => this.fail(options.signal.reason));
  }

  /** Resolves once FMET is handled. */
  get head(): Promise<void> {
    return this.#begun.promise;
  }

  /** Resolves after the last byte is stored, to the SHA-256 of the whole file if the server told it. */
  get done(): Promise<string | null> {
    return this.#ended.promise;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  onRequested(cancel: () => void): void {
    this.#cancel = cancel;
    if (this.#isSettled) cancel();
  }

  onHead(head: DownloadHead): void {
    this.#hasBegun = true;
    if (this.#isSettled) return;
    this.#run(async () => {
      await this.#options.onHead(head);
      this.#begun.resolve();
    });
  }

  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#begun.promise.catch(() => {}); // Settled then
    if (!this.#isSettled) await this.#run(() => this.#options.onData(bytes));
  }

  onZstd(): Promise<void> {
    return Promise.reject(
      new ProtocolError("bad-sequence", "Cannot inflate what was not asked for"),
    );
  }

  async onEnd(sha256: string | null): Promise<void> {
    await this.#begun.promise.catch(() => {}); // Settled then
    if (this.#isSettled) return;
    this.#settle();
    this.#ended.resolve(sha256);
  }

  onFail(error: RequestError): void {
    this.#reject(error);
  }

  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#reject(error);
    this.#cancel();
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  #reject(error: unknown): void {
    this.#settle();
    this.#begun.reject(error);
    this.#ended.reject(error);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#abortion[Symbol.dispose]();
  }
}
