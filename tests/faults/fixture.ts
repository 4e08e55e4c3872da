import { join } from "@std/path";
import { PRIVATE_FOLDER } from "../../lib/protocol/path.ts";
import type { Prng } from "../helpers/prng.ts";
import { type Command, programCommand, ServerProgram } from "../helpers/program.ts";
import { checkDescriptors, CheckError, type Descriptors, descriptorsOf } from "./checks.ts";
import type { Payload, PayloadMaker, PayloadOptions } from "./payload.ts";
import { Transfer } from "./transfer.ts";

/** Number of initial payloads, whose hashes the server's index learns. */
const LIBRARY_SIZE = 8;
/** Few threads, since each holds descriptors. */
const SERVER_ARGS = ["-u", "--json", "--max-workers", "8"];

/** Options of a {@link Fixture}. */
export interface FixtureOptions {
  /** Shell text before the server's command, such as `exec`. */
  readonly serverShell?: string;
  /** Folder to serve. Default: one in the folder of the fixture. */
  readonly root?: string;
  /** Folder to download to. Default: one in the folder of the fixture. */
  readonly downloads?: string;
}

/** A server program with its folders, and the folders of its clients. */
export class Fixture implements AsyncDisposable {
  readonly folder: string;
  readonly root: string;
  readonly downloads: string;
  /** The folder of files to upload. */
  readonly sources: string;
  readonly maker: PayloadMaker;
  readonly #options: FixtureOptions;
  readonly #library: Payload[] = [];
  #server: ServerProgram | null = null;
  #idle: Descriptors | null = null;
  #linesRead = 0;

  /** Uses a folder, without removing it. The caller must call `startServer` next. */
  constructor(folder: string, maker: PayloadMaker, options: FixtureOptions = {}) {
    this.folder = folder;
    this.maker = maker;
    this.#options = options;
    this.root = options.root ?? join(folder, "root");
    this.downloads = options.downloads ?? join(folder, "downloads");
    this.sources = join(folder, "sources");
    for (const path of [this.root, this.downloads, this.sources]) {
      Deno.mkdirSync(path, { recursive: true });
    }
  }

  /** Writes the initial payloads. */
  stock(prng: Prng, options: PayloadOptions): void {
    for (let i = 0; i < LIBRARY_SIZE; i++) {
      this.#library.push(this.maker.write(this.root, prng, options));
    }
  }

  /** Starts the server. */
  async startServer(): Promise<void> {
    const { serverShell } = this.#options;
    const folders = { root: this.root, data: join(this.folder, "data") };
    const command: Command = serverShell === undefined
      ? "server"
      : ["sh", "-c", `${serverShell} "$0" "$@"`, ...programCommand("server")];
    this.#server = await ServerProgram.start(folders, SERVER_ARGS, { command });
    this.#idle = descriptorsOf(this.#server.pid);
    this.#linesRead = 0;
  }

  /** Kills the server, as a crash would. Resolves when the process has ended. */
  async killServer(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = null;
  }

  /** Sends the server a signal. */
  signalServer(signal: Deno.Signal): void {
    if (this.#server !== null) Deno.kill(this.#server.pid, signal);
  }

  /** The port of the server. */
  get port(): number {
    if (this.#server === null) throw new Error("There is no server now");
    return this.#server.port;
  }

  /** The process of the server. */
  get serverPid(): number {
    if (this.#server === null) throw new Error("There is no server now");
    return this.#server.pid;
  }

  /** Writes a payload, or picks an initial one, to be transferred. */
  newTransfer(
    prng: Prng,
    options: PayloadOptions = {},
    command: "get" | "put" = prng.pick(["get", "put"]),
  ): Transfer {
    const { minBytes = 0, maxBytes = Infinity } = options;
    const [first, ...others] = this.#library.filter(({ bytes }) =>
      bytes >= minBytes && bytes <= maxBytes
    );
    if (command === "get" && first !== undefined && prng.chance(0.3)) {
      return new Transfer(this, command, prng.pick([first, ...others]));
    }
    const folder = command === "get" ? this.root : this.sources;
    return new Transfer(this, command, this.maker.write(folder, prng, options));
  }

  /** Whether a name in the served folder is an initial payload or the private folder. */
  isStock(name: string): boolean {
    return name === PRIVATE_FOLDER || this.#library.some((payload) => payload.name === name);
  }

  /** Checks that the server reported no error, and has closed its files and sockets. */
  async checkServer(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    const { lines } = server.stdout;
    for (const line of lines.slice(this.#linesRead)) {
      if (JSON.parse(line).event === "error") throw new CheckError(`The server reports: ${line}`);
    }
    this.#linesRead = lines.length;
    if (server.stderr.text !== "") {
      throw new CheckError(`The server reports: ${server.stderr.text}`);
    }
    await checkDescriptors(server.pid, this.root, this.#idle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killServer();
  }
}
