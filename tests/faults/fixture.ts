import { join } from "@std/path";
import { PRIVATE_FOLDER } from "../../lib/protocol/path.ts";
import { type Command, programCommand, ServerProgram } from "../helpers/program.ts";
import { checkDescriptors, type Descriptors, descriptorsOf, Fault } from "./checks.ts";
import type { Prng } from "./prng.ts";
import type { Payload, PayloadMaker, PayloadWishes } from "./payload.ts";
import { Transfer } from "./transfer.ts";

/** Payloads that are there from the beginning: their hashes come to be known. */
const LIBRARY = 8;
/** Threads hold descriptors: few of them, so that others stand out. */
const SERVER_ARGS = ["-u", "--json", "--max-workers", "8"];

/** How a fixture is set up. */
export interface FixtureOptions {
  /** What a shell puts before the server's command, such as `exec`. */
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
  /** What clients send. */
  readonly sources: string;
  readonly maker: PayloadMaker;
  readonly #options: FixtureOptions;
  readonly #library: Payload[] = [];
  #server: ServerProgram | null = null;
  #idle: Descriptors | null = null;
  #linesRead = 0;

  /** Uses a folder, which stays behind. `start` must come next. */
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

  /** Fills the library. */
  stock(prng: Prng, wishes: PayloadWishes): void {
    for (let i = 0; i < LIBRARY; i++) {
      this.#library.push(this.maker.write(this.root, prng, wishes));
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

  /** Ends the server as a crash would. Resolves when it is gone. */
  async killServer(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = null;
  }

  /** Sends the server a signal. */
  signalServer(signal: Deno.Signal): void {
    if (this.#server !== null) Deno.kill(this.#server.pid, signal);
  }

  /** Where the server listens. */
  get port(): number {
    if (this.#server === null) throw new Error("There is no server now");
    return this.#server.port;
  }

  /** Writes something to be moved, one way or the other. */
  newTransfer(
    prng: Prng,
    wishes: PayloadWishes = {},
    command: "get" | "put" = prng.pick(["get", "put"]),
  ): Transfer {
    const { leastBytes = 0, mostBytes = Infinity } = wishes;
    const [first, ...others] = this.#library.filter(({ bytes }) =>
      bytes >= leastBytes && bytes <= mostBytes
    );
    if (command === "get" && first !== undefined && prng.chance(0.3)) {
      return new Transfer(this, command, prng.pick([first, ...others]));
    }
    const folder = command === "get" ? this.root : this.sources;
    return new Transfer(this, command, this.maker.write(folder, prng, wishes));
  }

  /** What the served folder may hold besides what is moved. */
  isStock(name: string): boolean {
    return name === PRIVATE_FOLDER || this.#library.some((payload) => payload.name === name);
  }

  /** Makes sure that the server is well, and has let go of everything. */
  async checkServer(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    const { lines } = server.stdout;
    for (const line of lines.slice(this.#linesRead)) {
      if (JSON.parse(line).event === "error") throw new Fault(`The server says: ${line}`);
    }
    this.#linesRead = lines.length;
    if (server.stderr.text !== "") throw new Fault(`The server says: ${server.stderr.text}`);
    await checkDescriptors(server.pid, this.root, this.#idle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killServer();
  }
}
