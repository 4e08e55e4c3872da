import type { ServerSetup } from "../../lib/server/config/options.ts";
import { ChildProcess } from "./child_process.ts";
import { TempDir } from "./temp_dir.ts";
import { usedMs } from "./turn_meter.ts";

/** What a {@link MeteredServer} measures since the measurement before. */
export interface Measurement {
  /** The longest turn of the event loop of the main isolate, in milliseconds. */
  readonly turnMs: number;
  /** Events since the start. */
  readonly events: number;
  /** Resident memory of the process, in bytes. */
  readonly rss: number;
  /** Transfers and computations of hashes under way. */
  readonly jobs: number;
  readonly workersBusy: number;
  readonly workersWanted: number;
}

/**
 * A server in a process of its own, whose main isolate is measured: what the peers of a test cost in
 * this process does not count. Disposal stops it.
 */
export class MeteredServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** The served folder. */
  readonly root: TempDir;
  readonly port: number;

  private constructor(child: ChildProcess, root: TempDir, port: number) {
    this.#child = child;
    this.root = root;
    this.port = port;
  }

  /** Starts the server. @param shell as in {@link ChildProcess} */
  static async start(
    options: Omit<ServerSetup, "root" | "onEvent" | "onCommand"> & {
      readonly hasPage?: boolean;
    } = {},
    { files = {}, shell = "exec", root = new TempDir() }: {
      readonly files?: Readonly<Record<string, string | Uint8Array>>;
      readonly shell?: string;
      readonly root?: TempDir;
    } = {},
  ): Promise<MeteredServer> {
    for (const [path, content] of Object.entries(files)) root.write(path, content);
    const argument = JSON.stringify({ ...options, root: root.path });
    const child = new ChildProcess("metered_server_child.ts", [argument], shell);
    const { port } = await child.waitFor("ready");
    const server = new MeteredServer(child, root, Number(port));
    await server.measure(); // What starting costs does not count
    return server;
  }

  /** CPU time of the main isolate so far, as {@link usedMs} has it. */
  get usedMs(): number {
    return usedMs(this.#child.pid);
  }

  /** What happened since the last call. */
  async measure(): Promise<Measurement> {
    await this.#child.writeLine("");
    return await this.#child.waitFor("measured") as unknown as Measurement;
  }

  /** What some work takes in the main isolate, as `referenceMs` of the meter has it. Call it after `measure`: it is a long turn. */
  async referenceMs(): Promise<number> {
    await this.#child.writeLine("reference");
    return Number((await this.#child.waitFor("reference")).ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    this.root[Symbol.dispose]();
  }
}
