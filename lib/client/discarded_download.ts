import type { RequestError } from "../protocol/errors.ts";
import type { DownloadReceiver } from "./download_receiver.ts";

/** A pause of a download that tells of lost packets: no system sends one again sooner. */
const PAUSE_MS = 200;

/** Takes the content of a file, counts it and drops it. */
export class DiscardedDownload implements DownloadReceiver {
  /** @inheritdoc */
  hasBegun = false;
  /** Bytes that have come. */
  bytes = 0;
  /** How often nothing came for {@link PAUSE_MS}, once it had begun. */
  pauses = 0;
  /** Resolves to whether the file came to its end. */
  readonly ended: Promise<boolean>;
  readonly #end: (isWhole: boolean) => void;
  #cancel: () => void = () => {};
  #lastMs = 0;

  /** To be given to `Protocol2Client.download`. */
  constructor() {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Makes the server stop. What is on its way still comes. */
  cancel(): void {
    this.#cancel();
  }

  /** @inheritdoc */
  onRequested(cancel: () => void): void {
    this.#cancel = cancel;
  }

  /** @inheritdoc */
  onHead(): void {
    this.hasBegun = true;
    this.#lastMs = performance.now();
  }

  /** @inheritdoc */
  onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs >= PAUSE_MS) this.pauses++;
    this.#lastMs = nowMs;
    this.bytes += bytes.length;
    return Promise.resolve();
  }

  /** @inheritdoc */
  onZstd(payload: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.onData(payload);
  }

  /** @inheritdoc */
  onEnd(): void {
    this.#end(true);
  }

  /** @inheritdoc */
  onFail(_error: RequestError): void {
    this.#end(false);
  }

  /** @inheritdoc */
  fail(): void {
    this.#end(false);
  }
}
