import { TextLineStream } from "@std/streams/text-line-stream";
import type { ServerPeerOptions } from "./peers/server.ts";
import { readCpuSeconds } from "./programs.ts";

/**
 * A child process that takes part in a measurement. It gets options as an argument, and orders and
 * reports as JSON lines; it exits at the end of its standard input.
 */
export class PeerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reports: ReadableStreamDefaultReader<string>;

  /** @param script a file of the folder `peers`, without its extension */
  constructor(script: string, options: unknown) {
    const path = new URL(`./peers/${script}.ts`, import.meta.url).pathname;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", path, JSON.stringify(options)],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#reports = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Sends an order. */
  async tell(order: unknown): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
  }

  /**
   * Reads the next report.
   *
   * @throws if the process has exited
   */
  async report<T>(): Promise<T> {
    const { value, done } = await this.#reports.read();
    if (!done) return JSON.parse(value);
    const { code } = await this.#child.status;
    throw new Error(`A process of the bench ended early, with code ${code}`);
  }

  /** Sends an order and reads its report. */
  async ask<T>(order: unknown): Promise<T> {
    await this.tell(order);
    return await this.report<T>();
  }

  /** The peak resident memory, in KiB. */
  peakKb(): number {
    return this.#status("VmHWM");
  }

  /** The current resident memory, in KiB. */
  residentKb(): number {
    return this.#status("VmRSS");
  }

  /** The CPU seconds so far, user and system, of all its threads. */
  cpuSeconds(): number {
    return readCpuSeconds(this.#child.pid).own;
  }

  /** Kills the process, like a crash. Resolves once it has exited. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders.close().catch(() => {}); // It has exited already
    await this.#reports.cancel();
    await this.#child.status;
  }

  #status(key: string): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(status.match(new RegExp(`^${key}:\\s+(\\d+) kB`, "m"))?.[1]);
  }
}

/** A server in a child process. */
export interface ServerPeer {
  readonly server: PeerProcess;
  readonly port: number;
}

/** Starts a server as a child process. */
export async function startServer(options: ServerPeerOptions): Promise<ServerPeer> {
  const server = new PeerProcess("server", options);
  const { port } = await server.report<{ port: number }>();
  return { server, port };
}
