import { type Command, Program, programCommand, type ProgramOptions } from "./program.ts";
import { renderScreen } from "./screen.ts";

const COLUMNS = 90;
const ROWS = 30;

/** What keys send. */
export const KEYS = {
  enter: "\r",
  tab: "\t",
  up: "\x1b[A",
  left: "\x1b[D",
  controlC: "\x03",
  controlD: "\x04",
} as const;

/** Whether this system has what a {@link Terminal} needs: `script` of util-linux. */
export function hasTerminal(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const { stdout } = new Deno.Command("script", { args: ["--version"] }).outputSync();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
}

/**
 * A program in a pseudo-terminal of 90 by 30. When it ends, its shell prints whether it left the
 * terminal as it was. Disposal kills it.
 */
export class Terminal implements AsyncDisposable {
  readonly #program: Program;

  /** Starts the program there. */
  constructor(command: Command, args: readonly string[], options: ProgramOptions = {}) {
    const words = [...(typeof command === "string" ? programCommand(command) : command), ...args];
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const script = [
      `stty cols ${COLUMNS} rows ${ROWS}`,
      "before=$(stty -g)",
      quoted,
      "code=$?",
      'if [ "$(stty -g)" = "$before" ]; then echo terminal-restored; else echo terminal-broken; fi',
      "exit $code",
    ].join("\n");
    const env = { TERM: "xterm-256color", SHELL: "/bin/sh", ...options.env };
    this.#program = new Program(["script", "-qfec", script, "/dev/null"], [], { ...options, env });
  }

  /** The lines that the terminal shows, scrolled away or not. */
  get lines(): string[] {
    return renderScreen(this.#program.stdout.text, COLUMNS);
  }

  /** All that was written, escape sequences and all. */
  get written(): string {
    return this.#program.stdout.text;
  }

  /** Presses keys. */
  async type(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#program.write(key);
  }

  /** Types text and presses Enter. */
  async enter(text: string): Promise<void> {
    await this.type(text, KEYS.enter);
  }

  /** Resolves once a line of the screen, as it is then, matches. */
  async shows(pattern: string | RegExp): Promise<void> {
    const fits = (line: string) =>
      typeof pattern === "string" ? line === pattern : pattern.test(line);
    await this.waitUntil((lines) => lines.some(fits), `the line ${pattern}`);
  }

  /** Resolves once the last line of the screen is this one: the prompt and what is typed. */
  async endsWith(line: string): Promise<void> {
    await this.waitUntil((lines) => lines.at(-1) === line, `the last line ${line}`);
  }

  /** Resolves once the screen is as wanted. */
  async waitUntil(holds: (lines: string[]) => boolean, what: string): Promise<void> {
    try {
      await this.#program.stdout.waitUntil(() => holds(this.lines), what);
    } catch (cause) {
      throw new Error(`Waited for ${what}; the screen:\n${this.lines.join("\n")}`, { cause });
    }
  }

  /** The exit code, once the program has ended. */
  exitCode(): Promise<number> {
    return this.#program.exitCode();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
