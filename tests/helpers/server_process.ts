import { within } from "./deadline.ts";
import { environment, programCommand } from "./program.ts";

/** A server whose standard output a test reads by hand, or leaves unread. Disposal kills it. */
export class ServerProcess implements AsyncDisposable {
  readonly process: Deno.ChildProcess;
  readonly output: ReadableStreamDefaultReader<string>;
  port = 0;

  private constructor(process: Deno.ChildProcess) {
    this.process = process;
    this.output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /**
   * Starts the server, and reads no further than its first output.
   *
   * @param shell commands to run before it; the last ends in `exec`
   */
  static async start(
    folders: { readonly root: string; readonly data: string },
    args: readonly string[] = [],
    shell = "exec",
  ): Promise<ServerProcess> {
    const places = ["-H", "127.0.0.1", "-p", "0", "-r", folders.root, "--data", folders.data];
    const process = new Deno.Command("sh", {
      args: ["-c", `${shell} "$0" "$@"`, ...programCommand("server"), ...places, ...args],
      env: environment(),
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const server = new ServerProcess(process);
    const { value = "" } = await within(server.output.read(), "the first output");
    server.port = Number(/(?:, port |"port":)(\d+)/.exec(value)?.[1]);
    return server;
  }

  /** Reads the output to its end. */
  async readToEnd(): Promise<string> {
    let text = "";
    for (;;) {
      const { value, done } = await within(this.output.read(), "output of the server");
      if (done) return text;
      text += value;
    }
  }

  /** The exit code, once the server has exited. */
  async exitCode(): Promise<number> {
    return (await within(this.process.status, "the end of the server")).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch {
      // It has exited
    }
    await this.output.cancel().catch(() => {}); // Cancelled or ended before
    await this.process.status;
  }
}
