import { PATIENCE } from "../helpers/deadline.ts";
import { environment, programCommand } from "../helpers/program.ts";

/** A client that runs longer hangs. */
const HANG_MS = 60_000 * PATIENCE;
/** Lines of the output that are shown, of its start and of its end each. */
const LINES_SHOWN = 6;

/** A `done` event of the client. */
export interface DoneFile {
  readonly path: string;
  readonly resumedFrom: number;
  readonly skipped?: boolean;
}

/** The outcome of a client. */
export interface ClientResult {
  /** The exit code; 128 plus the number of the signal that ended the client. */
  readonly code: number;
  readonly done: readonly DoneFile[];
  /** The codes of its `error` events, in order. */
  readonly errors: readonly string[];
  /** Command line and output, for failure messages. */
  readonly text: string;
}

/** A client program that transfers files. */
export class ClientRun {
  readonly #child: Deno.ChildProcess;
  readonly #args: readonly string[];
  /** Resolves when the client has ended. */
  readonly result: Promise<ClientResult>;

  /**
   * @param args the command line from `get` or `put` on; `--json` is added
   * @param shell shell text before the command, such as `exec`
   */
  constructor(args: readonly string[], shell: string | null = null) {
    this.#args = args;
    const [path, ...first] = programCommand("client");
    const all = [...first, ...args, "--json"];
    const command = shell === null
      ? new Deno.Command(path, options(all))
      : new Deno.Command("sh", options(["-c", `${shell} "$0" "$@"`, path, ...all]));
    this.#child = command.spawn();
    this.result = this.#wait();
  }

  /** Sends the client a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // Already ended
    }
  }

  async #wait(): Promise<ClientResult> {
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      this.kill("SIGKILL");
    }, HANG_MS);
    const { code, stdout, stderr } = await this.#child.output();
    clearTimeout(timer);
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    const text = `$ ${this.#args.join(" ")}\n${shorten(out!)}${shorten(err!)}exit code ${code}`;
    if (hangs) throw new Error(`The client hangs:\n${text}`);
    const events = parseLines(out!, code >= 128);
    return {
      code,
      done: events.filter(({ event }) => event === "done") as unknown as DoneFile[],
      errors: events.filter(({ event }) => event === "error").map(({ code }) => String(code)),
      text,
    };
  }
}

function options(args: string[]): Deno.CommandOptions {
  return {
    args,
    env: environment(),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  };
}

/** The first and last lines of a text. */
function shorten(text: string): string {
  const lines = text.split("\n");
  if (lines.length <= 2 * LINES_SHOWN) return text;
  return [...lines.slice(0, LINES_SHOWN), "…", ...lines.slice(-LINES_SHOWN)].join("\n");
}

/** The events of an output; the last line of a killed client may be cut. */
function parseLines(text: string, wasKilled: boolean): Record<string, unknown>[] {
  const lines = text.split("\n");
  const last = lines.pop();
  if (last !== "" && !wasKilled) throw new Error(`The client's last line has no end: ${last}`);
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}
