import { concatBytes } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { type ByteSink, writeSome } from "./byte_sink.ts";

/** The pause after a failure, before the sink is tried again. */
const RETRY_MS = 1_000;

/** Options of an {@link OutputQueue}. */
export interface OutputQueueOptions {
  /** Bytes that wait for the sink; further texts are dropped. Default: the limit of the log. */
  readonly limitBytes?: number;
  /** The line, with its end, that stands where so many lines were dropped. Default: none. */
  readonly describeGap?: (lines: number) => string;
  /** A clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/** A text on its way, and the lines that are missing without it. */
interface QueuedText {
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/**
 * Writes texts in their order, and never blocks or fails the caller: what a sink that is full,
 * broken or not read cannot take is dropped and counted. Once the sink takes bytes again, a line
 * says at that place how many lines are missing.
 */
export class OutputQueue {
  readonly #sink: ByteSink;
  readonly #options: OutputQueueOptions;
  readonly #limitBytes: number;
  readonly #encoder = new TextEncoder();
  #queue: QueuedText[] = [];
  #queuedBytes = 0;
  #pumping: Promise<void> | null = null;
  /** Lines dropped since the last report. */
  #gapLines = 0;
  #retryAtMs = -Infinity;
  /** Whether a failure has left the start of a line behind. */
  #isLineTorn = false;

  /** Does not own the sink. */
  constructor(sink: ByteSink, options: OutputQueueOptions = {}) {
    this.#sink = sink;
    this.#options = options;
    this.#limitBytes = options.limitBytes ?? LIMITS.logQueueBytes;
  }

  /** Queues a text. After a drop all further texts are dropped, too, until the report is queued. */
  write(text: string): void {
    const lines = text.split("\n").length - 1;
    const bytes = this.#encoder.encode(text);
    if (!this.#hasRoom(bytes.length)) {
      this.#gapLines += lines;
      return;
    }
    this.#reportGap();
    this.#push(bytes, lines);
  }

  /** Whether nothing waits for the sink. */
  get isIdle(): boolean {
    return this.#pumping === null;
  }

  /** Resolves once all is written or dropped, but after `timeoutMs` at the latest. */
  async drain(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
    await Promise.race([this.#pumped(), timeout]);
    clearTimeout(timer);
  }

  #hasRoom(sizeBytes: number): boolean {
    if (this.#now() < this.#retryAtMs) return false;
    if (this.#gapLines > 0 && this.#pumping !== null) return false;
    return this.#queuedBytes + sizeBytes <= this.#limitBytes;
  }

  #push(bytes: Uint8Array, lines: number): void {
    this.#queue.push({ bytes, lines });
    this.#queuedBytes += bytes.length;
    this.#pumping ??= this.#pump();
  }

  /** Ends a torn line, and says how many lines are missing at this place. */
  #reportGap(): void {
    const lines = this.#gapLines;
    if (lines === 0) return;
    const end = this.#isLineTorn ? "\n" : "";
    const report = this.#options.describeGap?.(lines) ?? "";
    this.#gapLines = 0;
    this.#isLineTorn = false;
    this.#push(this.#encoder.encode(end + report), lines);
  }

  async #pumped(): Promise<void> {
    while (this.#pumping !== null) await this.#pumping;
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const whole = concatBytes(batch.map(({ bytes }) => bytes));
      const written = await this.#writeAll(whole);
      this.#queuedBytes -= whole.length;
      if (written < whole.length) this.#onFailure(batch, written);
    }
    this.#pumping = null;
    if (this.#gapLines > 0 && this.#hasRoom(0)) this.#reportGap();
  }

  /** The number of bytes that were written: all of them, unless the sink fails. */
  async #writeAll(bytes: Uint8Array): Promise<number> {
    let written = 0;
    while (written < bytes.length) {
      try {
        written += await writeSome(this.#sink, bytes.subarray(written));
      } catch {
        break;
      }
    }
    return written;
  }

  /** Counts the texts that were not written to their end, and those behind them. */
  #onFailure(batch: readonly QueuedText[], written: number): void {
    let end = 0;
    for (const { bytes, lines } of batch) {
      const start = end;
      end += bytes.length;
      if (end <= written) continue;
      this.#gapLines += lines;
      this.#isLineTorn ||= start < written;
    }
    this.#retryAtMs = this.#now() + RETRY_MS;
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))();
  }
}
