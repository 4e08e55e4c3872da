import { TextLineStream } from "@std/streams/text-line-stream";
import { within } from "./deadline.ts";

/** A line that a child printed. */
export type ChildLine = { readonly event?: string; readonly [key: string]: unknown };

/**
 * A script of this folder as a process of its own, which prints JSON lines and ends at the end of
 * its standard input. Disposal ends it, politely if it can.
 */
export class ChildProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  /**
   * @param script in this folder
   * @param shell shell commands to carry out before the script takes the process over, the last
   * of which ends in `exec`, such as `ulimit -n 64; exec`
   */
  constructor(script: string, args: string[], shell = "exec") {
    const path = new URL(`./${script}`, import.meta.url).pathname;
    const command = `${shell} "$0" run -q -A --no-prompt "$@"`;
    this.#process = new Deno.Command("sh", {
      args: ["-c", command, Deno.execPath(), path, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
    this.#errors = new Response(this.#process.stderr).text();
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The next line; throws, with what the process wrote to standard error, when it has ended. */
  async nextLine(): Promise<ChildLine> {
    const { value, done } = await within(this.#lines.read(), "a line of the child process");
    if (done) throw new Error(`The child process ended: ${await this.#errors}`);
    return JSON.parse(value);
  }

  /** The next line about one of `events`, passing over all others. */
  async waitFor(...events: string[]): Promise<ChildLine> {
    for (;;) {
      const line = await this.nextLine();
      if (events.includes(line.event ?? "")) return line;
    }
  }

  /** Ends it as a crash would. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stdin.close().catch(() => {}); // It may have ended by itself
    const timer = setTimeout(() => this.kill(), 5_000);
    while (!(await this.#lines.read()).done);
    await this.#process.status;
    clearTimeout(timer);
    await this.#errors;
  }
}
