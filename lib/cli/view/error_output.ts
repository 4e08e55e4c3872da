import type { Locale } from "../texts/locale.ts";
import type { ByteSink } from "./byte_sink.ts";
import { OutputQueue } from "./output_queue.ts";

/** How long the end of a command waits for a sink that takes nothing. */
const DRAIN_MS = 1_000;

/**
 * Standard error, or what stands for it, while a command is connected. One that takes nothing holds up
 * no connection: texts wait for it up to a limit, and those beyond are counted.
 */
export class ErrorOutput {
  readonly #queue: OutputQueue;

  /** Does not own the sink. @param sink default: standard error */
  constructor({ t }: Locale, sink: ByteSink = Deno.stderr) {
    const describeGap = (count: number) => `${t("unreadDropped", { count })}\n`;
    this.#queue = new OutputQueue(sink, { describeGap });
  }

  /** Whether nothing waits to be written. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Queues a text, or drops and counts it beyond the limit. */
  write(text: string): void {
    this.#queue.write(text);
  }

  /** Resolves once all is written, or after a second. */
  written(): Promise<void> {
    return this.#queue.drain(DRAIN_MS);
  }
}
