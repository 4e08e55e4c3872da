import { HISTORY_LINES, type LineInput, type LineInputOptions } from "./line_input.ts";
import { PipeInput } from "./pipe_input.ts";
import { terminalColumns } from "../view/terminal_columns.ts";

/** Standard input as lines: an editor on a terminal, plain lines on a pipe. */
export async function openLineInput(options: LineInputOptions = {}): Promise<LineInput> {
  if (!isForPerson()) return new PipeInput(Deno.stdin.readable, options);
  const { TerminalInput } = await import("./terminal_input.ts");
  const { batchKeys } = await import("./batch_keys.ts");
  // Loaded on terminals only: they take a tenth of the start-up time
  const [readline, { default: process }, { default: stringWidth }, { default: wrapAnsi }] =
    await Promise.all([
      import("node:readline"),
      import("node:process"),
      import("string-width"),
      import("wrap-ansi"),
    ]);
  const editor = readline.createInterface({
    input: process.stdin,
    output: options.write === undefined ? process.stdout : await openScreen(options.write),
    terminal: true,
    history: [...options.history ?? []],
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      input.complete(line).then(([words, last]) => done(null, [words, last]));
    },
  });
  batchKeys(editor);
  const input = new TerminalInput(editor, {
    ...options,
    width: stringWidth,
    // Only lines that are too long: wrapAnsi normalises characters. A terminal may have no size. What has an
    // address is left to the terminal, which copies it whole
    wrap: (text, columns) =>
      text.split("\n").map((line) =>
        columns === 0 || stringWidth(line) <= columns || line.includes("://")
          ? line
          : wrapAnsi(line, columns, { hard: true, trim: false })
      ).join("\n"),
    screen: process.stdout,
  });
  return input;
}

/** Whether a person types and reads: standard input and output are terminals. */
export function isForPerson(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** A screen of which all that is drawn goes through `write`, which keeps the order of all output. */
async function openScreen(write: (text: string) => void) {
  const [{ Writable }, { default: process }] = await Promise.all([
    import("node:stream"),
    import("node:process"),
  ]);
  const screen = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding: string, done: () => void) => {
      write(chunk.toString());
      done();
    },
  });
  process.stdout.on("resize", () => screen.emit("resize"));
  return Object.defineProperty(screen, "columns", { get: terminalColumns });
}
