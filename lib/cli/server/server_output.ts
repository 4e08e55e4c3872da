import type { LineInput } from "../terminal/line_input.ts";
import { OutputQueue } from "../view/output_queue.ts";
import type { Listening } from "./join_lines.ts";
import { formatEvent, type LogEvent, type LogFormat } from "./server_log.ts";
import type { DisplayText } from "../../protocol/text.ts";

/** How long the end of the program waits for a reader of the log. */
const DRAIN_MS = 1_000;

/**
 * The log and the answers of the console. A terminal, pipe or disk that takes nothing holds up
 * neither the clients nor the stop: lines are dropped, and their number is logged later.
 */
export class ServerOutput {
  readonly #format: LogFormat;
  readonly #stdout: OutputQueue;
  readonly #stderr: OutputQueue;
  readonly #listening = Promise.withResolvers<Listening>();
  #input: LineInput | null = null;

  /** Writes to the streams of the process. */
  constructor(format: LogFormat) {
    this.#format = format;
    const describeGap = (lines: number) => `${this.#line({ event: "dropped", lines })}\n`;
    this.#stdout = new OutputQueue(Deno.stdout, { describeGap });
    this.#stderr = new OutputQueue(Deno.stderr, { describeGap });
  }

  /** Writes an event to the log, if it is to be logged. */
  readonly log = (event: LogEvent): void => {
    const line = this.#line(event);
    if (line !== null) this.print(line);
    if (event.event === "listening") this.#listening.resolve(event);
  };

  /** Resolves once the server listens. */
  get listening(): Promise<Listening> {
    return this.#listening.promise;
  }

  /** Writes to standard output as it is, which is for the editor of a terminal. */
  readonly write = (text: string): void => this.#stdout.write(text);

  /** Prints above the prompt of an input from now on. */
  printAbove(input: LineInput): void {
    this.#input = input;
  }

  /** Prints a line. */
  print(text: string): void {
    if (this.#input === null) this.#stdout.write(`${text}\n`);
    // The log and the console clean what they show
    else this.#input.print(text as DisplayText);
  }

  /** Prints an answer of the console: with `--json`, standard output holds objects only. */
  answer(text: string): void {
    if (this.#format.json) this.#stderr.write(`${text}\n`);
    else this.print(text);
  }

  /** Resolves once all is written, or the reader takes too long. */
  async drain(): Promise<void> {
    await Promise.all([this.#stdout.drain(DRAIN_MS), this.#stderr.drain(DRAIN_MS)]);
  }

  #line(event: LogEvent): string | null {
    return formatEvent(event, this.#format, new Date());
  }
}
