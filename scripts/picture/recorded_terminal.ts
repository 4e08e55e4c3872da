import { onAbort } from "../../lib/async/on_abort.ts";
import xterm from "@xterm/headless";

/** The time after which a recording gives up. */
const DEADLINE_MS = 60_000;

/** Adjacent cells of a line that look alike. */
export interface Run {
  /** The column of the first cell, from 0. */
  readonly column: number;
  readonly text: string;
  /** An index into the palette of 256 colours, or `null` for the colour of plain text. */
  readonly color: number | null;
  readonly dim: boolean;
  readonly bold: boolean;
}

/** What a terminal shows. */
export interface ScreenImage {
  /** The lines down to the last one that is not empty. */
  readonly lines: readonly (readonly Run[])[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** The size of a terminal, and what the shell in it starts with. */
export interface RecordedTerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A shell in a pseudo-terminal, with what it shows. Needs `script` of util-linux. Disposal kills the
 * shell and what runs in it.
 */
export class RecordedTerminal implements AsyncDisposable {
  readonly #screen: xterm.Terminal;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pumped: Promise<void>;
  #changed = Promise.withResolvers<void>();

  /** Starts the shell, whose prompt is `$ `. */
  constructor({ columns, rows, cwd, env }: RecordedTerminalOptions) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const shell = `stty cols ${columns} rows ${rows}; PS1='$ ' exec sh -i`;
    this.#process = new Deno.Command("script", {
      args: ["-qfec", shell, "/dev/null"],
      cwd,
      env: { ...env, TERM: "xterm-256color", SHELL: "/bin/sh" },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#pumped = this.#pump();
  }

  /** Types a line and presses Enter. */
  async enter(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\r`));
  }

  /**
   * Resolves once the screen matches; a line that wraps counts as one.
   *
   * @throws {Error} with the screen, when the shell ends or the time is over
   */
  async shows(pattern: RegExp): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const text = () => this.#lines().join("\n");
    using _ = onAbort(signal, () => reject(new Error(`Waited for ${pattern}:\n${text()}`)));
    while (!pattern.test(text())) await Promise.race([this.#changed.promise, promise]);
  }

  /** What the terminal shows now. */
  image(): ScreenImage {
    const { active: buffer } = this.#screen.buffer;
    const lines = Array.from({ length: this.#screen.rows }, (_, row) => this.#runs(row));
    const last = lines.findLastIndex((runs) => runs.length > 0);
    const cursor = { row: buffer.cursorY, column: buffer.cursorX };
    return { lines: lines.slice(0, Math.max(last, cursor.row) + 1), cursor };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL"); // The shell and its programs get SIGHUP
    } catch {
      // The shell has ended
    }
    await this.#process.status;
    await this.#input.close().catch(() => {}); // Not read any more
    await this.#pumped;
    this.#screen.dispose();
  }

  async #pump(): Promise<void> {
    for await (const bytes of this.#process.stdout) {
      await new Promise<void>((resolve) => this.#screen.write(bytes, resolve));
      const { resolve } = this.#changed;
      this.#changed = Promise.withResolvers();
      resolve();
    }
  }

  /** The lines of the screen as text. */
  #lines(): string[] {
    const { active: buffer } = this.#screen.buffer;
    const lines: string[] = [];
    for (let row = 0; row < buffer.length; row++) {
      const line = buffer.getLine(row);
      const text = line?.translateToString(true) ?? "";
      if (line?.isWrapped) lines.push(`${lines.pop() ?? ""}${text}`);
      else lines.push(text);
    }
    return lines;
  }

  #runs(row: number): Run[] {
    const { active: buffer } = this.#screen.buffer;
    const line = buffer.getLine(buffer.viewportY + row);
    const width = line?.translateToString(true).trimEnd().length ?? 0;
    const runs: Run[] = [];
    for (let column = 0; column < width; column++) {
      const cell = line?.getCell(column);
      if (cell === undefined) continue;
      const look = {
        color: cell.isFgPalette() ? cell.getFgColor() : null,
        dim: cell.isDim() !== 0,
        bold: cell.isBold() !== 0,
      };
      const text = cell.getChars() || " ";
      const before = runs.at(-1);
      if (before !== undefined && looksLike(before, look)) {
        runs[runs.length - 1] = { ...before, text: before.text + text };
      } else runs.push({ column, text, ...look });
    }
    return runs;
  }
}

type Look = Pick<Run, "color" | "dim" | "bold">;

function looksLike(a: Look, b: Look): boolean {
  return a.color === b.color && a.dim === b.dim && a.bold === b.bold;
}
