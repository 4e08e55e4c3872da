import { TextLineStream } from "@std/streams/text-line-stream";
import { PATIENCE, within } from "./deadline.ts";

/** A line that a child process prints. */
export type ChildLine = { readonly event?: string; readonly [key: string]: unknown };

/**
 * A script of this folder as a child process, which prints JSON lines and exits at the end of its
 * standard input. Disposal closes that input, and kills the process if it does not exit.
 */
export class ChildProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;

  /**
   * @param script in this folder
   * @param shell shell commands to run before the script; the last ends in `exec`, as in `ulimit -n
   * 64; exec`
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

  /** Reads the next line; throws with the standard error of the process if it has exited. */
  async nextLine(): Promise<ChildLine> {
    const { value, done } = await within(this.#lines.read(), "a line of the child process");
    if (done) throw new Error(`The child process ended: ${await this.#errors}`);
    return JSON.parse(value);
  }

  /** Reads the next line about one of `events`, and skips all others. */
  async waitFor(...events: string[]): Promise<ChildLine> {
    for (;;) {
      const line = await this.nextLine();
      if (events.includes(line.event ?? "")) return line;
    }
  }

  /** Writes a line to the standard input of the process. */
  async writeLine(line: string): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${line}\n`));
    writer.releaseLock();
  }

  /** Closes the standard input of the process, which ends it. */
  async closeInput(): Promise<void> {
    await this.#process.stdin.close();
  }

  /** Kills the process, like a crash. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stdin.close().catch(() => {}); // The process may have exited
    const timer = setTimeout(() => this.kill(), 5_000 * PATIENCE);
    while (!(await this.#lines.read()).done);
    await this.#process.status;
    clearTimeout(timer);
    await this.#errors;
  }
}
