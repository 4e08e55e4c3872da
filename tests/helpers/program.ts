import { fromFileUrl } from "@std/path";
import { DEADLINE_MS, within } from "./deadline.ts";

/** Options of a program. */
export interface ProgramOptions {
  /**
   * Variables in addition to those of the tests; by default LANG=C and NO_COLOR=1, and
   * TCP_CHAT_NO_FIND=1: a test must not ask a real network.
   */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** The result of a program that has exited. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Either program, or a command with its first arguments. */
export type Command = "server" | "client" | readonly [string, ...string[]];

/** Variables that influence the programs. */
const INFLUENCING =
  /^(TCP_CHAT_|LC_|LANG|NO_COLOR|FORCE_COLOR|XDG_STATE_HOME|XDG_CONFIG_HOME|TERM$)/;

/** The output of a program so far, which a test can wait on. */
export class ProgramOutput {
  #text = "";
  #ended = false;
  #more = Promise.withResolvers<void>();
  readonly #pumped: Promise<void>;

  /** Takes ownership of the stream. */
  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#pumped = this.#pump(stream);
  }

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  /** The complete lines so far. */
  get lines(): string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  /** Resolves to the first match; throws if the program exits before. */
  async waitFor(pattern: string | RegExp): Promise<RegExpExecArray> {
    const wanted = typeof pattern === "string" ? new RegExp(RegExp.escape(pattern)) : pattern;
    await this.waitUntil(() => wanted.test(this.#text), String(pattern));
    return wanted.exec(this.#text)!;
  }

  /** Resolves once `holds` is true, which is checked after every output. */
  async waitUntil(holds: () => boolean, what: string): Promise<void> {
    const found = await within(this.#waitUntil(holds), what).catch((cause) => {
      throw new Error(`${cause.message}; the program wrote:\n${this.#text}`, { cause });
    });
    if (!found) throw new Error(`The program ended before ${what}; it wrote:\n${this.#text}`);
  }

  /** The first of the JSON lines with that event. */
  async waitForEvent(event: string): Promise<Record<string, unknown>> {
    const find = () => this.lines.map((line) => JSON.parse(line)).find((o) => o.event === event);
    await this.waitUntil(() => find() !== undefined, `the event ${event}`);
    return find();
  }

  /** Resolves once all output is read. */
  ended(): Promise<void> {
    return this.#pumped;
  }

  async #waitUntil(holds: () => boolean): Promise<boolean> {
    while (!holds()) {
      if (this.#ended) return false;
      await this.#more.promise;
    }
    return true;
  }

  async #pump(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#signal();
    }
    this.#ended = true;
    this.#signal();
  }

  #signal(): void {
    const more = this.#more;
    this.#more = Promise.withResolvers<void>();
    more.resolve();
  }
}

/** A running program with its three streams. Disposal kills it. */
export class Program implements AsyncDisposable {
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #inputClosed = false;

  /** Starts the program. */
  constructor(command: Command, args: readonly string[], options: ProgramOptions = {}) {
    this.#process = prepare(command, args, options).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.stdout = new ProgramOutput(this.#process.stdout);
    this.stderr = new ProgramOutput(this.#process.stderr);
  }

  /** The process ID. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Writes to standard input. */
  async write(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Closes standard input. */
  async closeInput(): Promise<void> {
    this.#inputClosed = true;
    await this.#input.close();
  }

  /** Sends a signal to the program. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** The exit code, once the program has exited and all output is read. @param deadlineMs for that */
  async exitCode(deadlineMs = DEADLINE_MS): Promise<number> {
    const status = within(this.#process.status, "the end of the program", () => {}, deadlineMs);
    const { code } = await status.catch((cause) => {
      throw new Error(`${cause.message}; it wrote:\n${this.#written()}`, { cause });
    });
    await Promise.all([this.stdout.ended(), this.stderr.ended()]);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // The program has exited
    }
    await this.#process.status;
    if (!this.#inputClosed) await this.#input.close().catch(() => {}); // Not read any more
    await Promise.all([this.stdout.ended(), this.stderr.ended()]);
  }

  #written(): string {
    return `${this.stdout.text}${this.stderr.text}`;
  }
}

/** A server as a child process, on a free port of this machine. */
export class ServerProgram extends Program {
  port = 0;

  /** Starts the server and waits until it listens. */
  static async start(
    folders: { readonly root: string; readonly data: string },
    args: readonly string[] = [],
    options: ProgramOptions & { readonly command?: Command } = {},
  ): Promise<ServerProgram> {
    const all = ["-p", "0", "-H", "127.0.0.1", "-r", folders.root, "--data", folders.data, ...args];
    const server = new ServerProgram(options.command ?? "server", all, options);
    try {
      const [, port] = await server.stdout.waitFor(/(?:, (?:port|porta) |"port":)(\d+)/);
      server.port = Number(port);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw new Error(`The server did not start: ${server.stderr.text}`, { cause: error });
    }
  }
}

/** Runs a program to its end, with all of its input at once. */
export async function run(
  command: Command,
  args: readonly string[],
  options: ProgramOptions & { readonly input?: string } = {},
): Promise<ProgramResult> {
  const child = prepare(command, args, options).spawn();
  const output = within(child.output(), `the end of ${args.join(" ")}`, () => child.kill());
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.input ?? "")).catch(() => {}); // Not read
  await writer.close().catch(() => {}); // The program may have exited
  const { code, stdout, stderr } = await output;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr), bytes: stdout };
}

/** The objects that a program has written with `--json`, each on a line. */
export function jsonLines(stdout: string): ReturnType<typeof JSON.parse>[] {
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

/** What programs write for their user goes below it. */
const STATE = Deno.makeTempDirSync({ prefix: "tcp-chat-state-" });
addEventListener("unload", () => Deno.removeSync(STATE, { recursive: true }));
let programs = 0;

/**
 * The environment variables for a program. It has folders of its own for state and settings: those of the
 * user are not the tests', and a server that a test has trusted had a port that is another one's later.
 */
export function environment(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !INFLUENCING.test(name));
  return {
    ...Object.fromEntries(inherited),
    LANG: "C",
    NO_COLOR: "1",
    TCP_CHAT_NO_FIND: "1",
    XDG_STATE_HOME: `${STATE}/${++programs}/state`,
    XDG_CONFIG_HOME: `${STATE}/${programs}/config`,
    ...extra,
  };
}

/** The command that runs a program with this Deno and the permissions of its task. */
export function programCommand(program: "server" | "client"): [string, ...string[]] {
  const entry = fromFileUrl(new URL(`../../${program}.ts`, import.meta.url));
  return [Deno.execPath(), "run", "-q", "--no-prompt", `-P=${program}`, entry];
}

function prepare(command: Command, args: readonly string[], options: ProgramOptions): Deno.Command {
  const [path, ...first] = typeof command === "string" ? programCommand(command) : command;
  return new Deno.Command(path, {
    args: [...first, ...args],
    env: environment(options.env),
    clearEnv: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}
