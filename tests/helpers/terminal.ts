import { type Command, Program, programCommand, type ProgramOptions } from "./program.ts";
import { renderScreen } from "./screen.ts";

const COLUMNS = 90;
const ROWS = 30;

/** The characters that keys send. */
export const KEYS = {
  enter: "\r",
  tab: "\t",
  up: "\x1b[A",
  left: "\x1b[D",
  controlC: "\x03",
  controlD: "\x04",
} as const;

/** Whether this system has `script` of util-linux, which a {@link Terminal} needs. */
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
 * A program in a pseudo-terminal of 90 by 30. At its end, the shell prints whether the program
 * restored the terminal. Disposal kills the program.
 */
export class Terminal implements AsyncDisposable {
  readonly #program: Program;

  /** Starts the program. */
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

  /** The lines that the terminal shows, including those scrolled away. */
  get lines(): string[] {
    return renderScreen(this.#program.stdout.text, COLUMNS);
  }

  /** All output, including escape sequences. */
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

  /** Resolves once a line of the current screen matches. */
  async shows(pattern: string | RegExp): Promise<void> {
    const fits = (line: string) =>
      typeof pattern === "string" ? line === pattern : pattern.test(line);
    await this.waitUntil((lines) => lines.some(fits), `the line ${pattern}`);
  }

  /** Resolves once the last line of the screen is `line`: the prompt and the typed text. */
  async endsWith(line: string): Promise<void> {
    await this.waitUntil((lines) => lines.at(-1) === line, `the last line ${line}`);
  }

  /** Resolves once `holds` is true for the screen. */
  async waitUntil(holds: (lines: string[]) => boolean, what: string): Promise<void> {
    try {
      await this.#program.stdout.waitUntil(() => holds(this.lines), what);
    } catch (cause) {
      throw new Error(`Waited for ${what}; the screen:\n${this.lines.join("\n")}`, { cause });
    }
  }

  /** The exit code, once the program has exited. */
  exitCode(): Promise<number> {
    return this.#program.exitCode();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
