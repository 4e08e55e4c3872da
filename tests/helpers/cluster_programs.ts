import { ServerProgram } from "./program.ts";
import { TempDir } from "./temp_dir.ts";

/** Real servers of one cluster, each a process with folders of its own. Disposal kills them. */
export class ClusterPrograms implements AsyncDisposable {
  readonly #folder = new TempDir();
  readonly #urls: readonly string[];
  readonly #more: readonly string[];
  readonly programs: (ServerProgram | null)[] = [];

  /** Starts none yet. @param urls where NATS is @param more options of each server */
  constructor(urls: readonly string[], more: readonly string[] = []) {
    this.#urls = urls;
    this.#more = more;
  }

  /** Starts the server of a number, with the folders that it has had before. */
  async start(at: number): Promise<ServerProgram> {
    const folders = { root: this.rootOf(at), data: this.#folder.join(`data${at}`) };
    Deno.mkdirSync(folders.root, { recursive: true });
    const args = ["--cluster", this.#urls.join(","), "--advertise", "127.0.0.1", "--no-console"];
    const program = await ServerProgram.start(folders, [
      ...args,
      "--chat-rate",
      "0",
      ...this.#more,
    ]);
    this.programs[at] = program;
    return program;
  }

  /** The folder that the server of a number serves. */
  rootOf(at: number): string {
    return this.#folder.join(`root${at}`);
  }

  /** The server on a port. */
  on(port: number): ServerProgram {
    const program = this.programs.find((each) => each?.port === port);
    if (!program) throw new Error(`No server has the port ${port}`);
    return program;
  }

  /** Starts so many servers, one after the other. */
  async startAll(count: number): Promise<void> {
    for (let at = 0; at < count; at++) await this.start(at);
  }

  /** Kills the server on a port. @returns which one it was */
  async kill(port: number): Promise<number> {
    const at = this.programs.findIndex((program) => program?.port === port);
    await this.programs[at]?.[Symbol.asyncDispose](); // By SIGKILL
    this.programs[at] = null;
    return at;
  }

  /** Stops the server on a port as an operator does. @returns its exit code */
  async stop(port: number): Promise<number> {
    const program = this.on(port);
    program.kill("SIGTERM");
    const code = await program.exitCode();
    await this.kill(port); // Its streams
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.programs) await program?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}
