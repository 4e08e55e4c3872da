import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import { concatBytes } from "../../protocol/frames.ts";
import { asOutputError } from "./output.ts";
import { type ByteSink, writeSome } from "./byte_sink.ts";

/** Bytes that wait for their reader before more results are made. */
const QUEUE_BYTES = 64 * 1024;
/** How long a reader may still take after Ctrl-C. */
const GRACE_MS = 1_000;

/** Options of a {@link ResultOutput}. */
export interface ResultOutputOptions {
  /** Called once, when the sink fails. */
  readonly onError?: (error: unknown) => void;
  /** Bytes that wait for the reader; further texts are dropped. Default: no limit. */
  readonly limitBytes?: number;
  /** Called with the number of texts that were dropped, once there is room again and at the end. */
  readonly onGap?: (texts: number) => void;
  /** Default: standard output. */
  readonly sink?: ByteSink;
}

/**
 * The results of a command on their way to standard output, in their order and all of them, unless there
 * is a limit. A reader that does not read holds up nothing but them: the connection to the server lives on meanwhile.
 */
export class ResultOutput {
  readonly #sink: ByteSink;
  readonly #encoder = new TextEncoder();
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | null = null;
  #error: unknown = null;
  /** Texts dropped since the last report. */
  #gap = 0;
  readonly #options: ResultOutputOptions;

  /** Does not own the sink. */
  constructor(options: ResultOutputOptions = {}) {
    this.#options = options;
    this.#sink = options.sink ?? Deno.stdout;
  }

  /** Whether nothing waits for the reader. */
  get isIdle(): boolean {
    return this.#writing === null;
  }

  /** Whether so much waits for the reader that more must wait, too. */
  get isFull(): boolean {
    return this.#queuedBytes > QUEUE_BYTES;
  }

  /**
   * Queues a text, or drops it beyond the limit.
   *
   * @throws {OutputClosedError | DiskError} if an earlier text could not be written
   */
  write(text: string): void {
    if (this.#error !== null) throw this.#error;
    if (this.#queuedBytes > (this.#options.limitBytes ?? Infinity)) return void this.#gap++;
    this.#reportGap();
    const bytes = this.#encoder.encode(text);
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#writing ??= this.#writeQueue().catch((error) => this.#fail(error));
  }

  /**
   * Resolves once there is room for more.
   *
   * @throws as `write` does; the signal's reason
   */
  async room(signal: AbortSignal): Promise<void> {
    if (this.isFull) await abortable(this.written(), signal);
  }

  /**
   * Resolves once all texts are written, or a second after the signal has fired.
   *
   * @throws as `write` does
   */
  async written(signal?: AbortSignal): Promise<void> {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    using _ = onAbort(signal, () => timer = setTimeout(resolve, GRACE_MS));
    await Promise.race([this.#allWritten(), stopped]);
    clearTimeout(timer);
    this.#reportGap();
    if (this.#error !== null) throw this.#error;
  }

  async #allWritten(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #fail(error: unknown): void {
    this.#error = asOutputError(error);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#writing = null;
    this.#options.onError?.(this.#error);
  }

  #reportGap(): void {
    if (this.#gap > 0) this.#options.onGap?.(this.#gap);
    this.#gap = 0;
  }

  async #writeQueue(): Promise<void> {
    for (let at = 0; this.#queue.length > 0; at = 0) {
      const bytes = concatBytes(this.#queue.splice(0));
      while (at < bytes.length) at += await writeSome(this.#sink, bytes.subarray(at));
      this.#queuedBytes -= bytes.length;
    }
    this.#writing = null;
  }
}
