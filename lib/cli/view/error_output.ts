import type { Locale } from "../texts/locale.ts";
import type { ByteSink } from "./byte_sink.ts";
import { OutputQueue } from "./output_queue.ts";

/** How long the end of a command waits for a sink that takes nothing. */
const DRAIN_MS = 1_000;

/**
 * Standard error while a command is connected, or the screen of the interactive client. A sink that takes
 * nothing holds up no connection: texts wait for it up to a limit, and those beyond are counted.
 */
export class ErrorOutput {
  readonly #queue: OutputQueue;
  readonly #describeGap: (count: number) => string;

  /** Does not own the sink. @param sink default: standard error */
  constructor({ t }: Locale, sink: ByteSink = Deno.stderr) {
    this.#describeGap = (count) => `${t("unreadDropped", { count })}\n`;
    this.#queue = new OutputQueue(sink, { describeGap: this.#describeGap });
  }

  /** Whether nothing waits to be written. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** Queues a text, or drops and counts it beyond the limit. */
  write(text: string): void {
    this.#queue.write(text);
  }

  /** Tells of texts that another output has dropped, since nothing read them. */
  writeGap(count: number): void {
    this.write(this.#describeGap(count));
  }

  /** Resolves once all is written, or after a second. */
  written(): Promise<void> {
    return this.#queue.drain(DRAIN_MS);
  }
}
