import { ChildProcess } from "./child_process.ts";
import { LoopbackNetwork } from "./namespace.ts";
import { programCommand, type ProgramResult, run, ServerProgram } from "./program.ts";
import { TempDir } from "./temp_dir.ts";
import { Terminal } from "./terminal.ts";

/** A network, and the folders of the programs in it. */
export class FindScene implements AsyncDisposable {
  readonly folder = new TempDir();
  readonly network: LoopbackNetwork;

  constructor(network: LoopbackNetwork) {
    this.network = network;
  }

  /** Makes both. */
  static async make(): Promise<FindScene> {
    return new FindScene(await LoopbackNetwork.make());
  }

  /** Starts a server named casa. */
  async serve(...args: string[]): Promise<ServerProgram> {
    const folders = { root: this.folder.join("root"), data: this.folder.join("data") };
    const command = this.network.inside(programCommand("server"));
    const all = ["--no-console", "--json", "-H", "0.0.0.0", "--name", "casa", ...args];
    const server = await ServerProgram.start(folders, all, { command });
    if (args.includes("--announce")) await this.#isAnnounced(server.port);
    return server;
  }

  /** Runs `find`. */
  async find(...args: string[]): Promise<ProgramResult> {
    const env = { XDG_CONFIG_HOME: this.folder.path };
    const command = this.network.inside(programCommand("client"));
    return await run(command, ["find", ...args], { env });
  }

  /** Starts the interactive client without an address, in a terminal. */
  interact(...args: string[]): Terminal {
    const env = {
      XDG_CONFIG_HOME: this.folder.path,
      XDG_STATE_HOME: this.folder.path,
      TCP_CHAT_NO_FIND: "0",
    };
    return new Terminal(this.network.inside(programCommand("client")), args, { env });
  }

  /** The known servers, as lines of `HOST:PORT FINGERPRINT`. */
  known(): string[] {
    const lines = Deno.readTextFileSync(this.folder.join("tcp-chat/known_hosts")).trim().split(
      "\n",
    );
    return lines.filter((line) => !line.startsWith("#")).map((line) =>
      line.split(" ").slice(0, 2).join(" ")
    );
  }

  /** Makes a key known for an address. */
  know(address: string, fingerprint: unknown): void {
    this.folder.write("tcp-chat/known_hosts", `${address} ${fingerprint}\n`);
  }

  /** It takes a second until a server has its name for itself, and answers. */
  async #isAnnounced(port: number): Promise<void> {
    const options = JSON.stringify({ timeoutMs: 60_000 });
    await using child = new ChildProcess(
      "discovery_child.ts",
      ["find", options],
      this.network.shell,
    );
    while ((await child.waitFor("server"))["port"] !== port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}
