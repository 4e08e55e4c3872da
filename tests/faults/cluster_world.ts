import { freePort } from "../helpers/free_port.ts";
import { NatsCluster } from "../helpers/nats.ts";
import { connectEngine, createLog, ELECTION_MS } from "../helpers/nats_engines.ts";
import { NatsRoutes } from "../helpers/nats_routes.ts";
import { type Command, Program, run } from "../helpers/program.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { bytesOf, type Content } from "../helpers/raw_peer.ts";
import { CheckError } from "./checks.ts";
import { SHARED, SHARER } from "./cluster_share.ts";
import { pause } from "../../lib/async/pause.ts";
import type { NatsEngine } from "../../lib/cluster/nats_engine.ts";
import type { ClusterState } from "../../lib/protocol/cluster_state.ts";

/** The name of the cluster. */
const NAME = "faults";

/** A real server of the cluster, on the same port and data folder each time it starts. */
export class ClusterServer {
  readonly name: string;
  readonly port = freePort();
  readonly data: string;
  readonly #root: string;
  readonly #urls: readonly string[];
  readonly #more: readonly string[];
  #program: Program | null = null;
  #isFrozen = false;

  /** @param folder for its data and files @param urls where NATS is @param more options */
  constructor(
    name: string,
    folder: string,
    urls: readonly string[],
    more: readonly string[] = [],
  ) {
    this.name = name;
    this.data = `${folder}/${name}-data`;
    this.#root = `${folder}/${name}-files`;
    this.#urls = urls;
    this.#more = more;
    Deno.mkdirSync(this.#root, { recursive: true });
  }

  get isRunning(): boolean {
    return this.#program !== null;
  }

  /** Starts a program; it listens once it is in step with the others. */
  start(command: Command = "server"): void {
    const address = `127.0.0.1:${this.port}`;
    this.#program ??= new Program(command, [
      ...["-H", "127.0.0.1", "-p", String(this.port), "-r", this.#root, "--data", this.data],
      ...["--no-web", "--no-console", "--json", "--chat-rate", "0", "--max-per-address", "0"],
      ...["--history", "10000000", "--cluster", this.#urls.join(","), "--cluster-name", NAME],
      ...["--advertise", address, "--name", this.name, "--copies", "all"],
      ...this.#more,
    ]);
  }

  /** Puts a file into its folder. */
  write(name: string, content: Content): void {
    Deno.writeFileSync(`${this.#root}/${name}`, bytesOf(content));
  }

  /** Adds an admin to the cluster. */
  async addAdmin(name: string, password: string): Promise<void> {
    const args = ["--cluster", this.#urls.join(","), "--cluster-name", NAME, "--data", this.data];
    const user = ["user", "add", name, "--role", "admin", ...args];
    const { code, stderr } = await run("server", user, { input: `${password}\n` });
    if (code !== 0) throw new Error(`The account was not added: ${stderr}`);
  }

  /** Resolves once it listens. */
  async listening(): Promise<void> {
    const endMs = performance.now() + ELECTION_MS;
    while (!(this.#program?.stdout.text.includes('"event":"listening"') ?? true)) {
      if (performance.now() > endMs) throw new CheckError(`${this.name} is late: ${this.output}`);
      await pause(50);
    }
  }

  /** Ends the program by a signal. @returns its exit code; `null` if there was none */
  async stop(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const program = this.#program;
    if (program === null) return null;
    if (this.#isFrozen) this.thaw();
    this.#program = null;
    try {
      program.kill(signal);
      return await program.exitCode();
    } catch (error) {
      const text = error instanceof Error ? error.message.split(";")[0] : "";
      throw new CheckError(`${this.name} does not end by ${signal}: ${text} ${tail(program)}`, {
        cause: error,
      });
    } finally {
      await program[Symbol.asyncDispose]();
    }
  }

  /** Stops the program where it is. */
  freeze(): void {
    this.#isFrozen = this.#program !== null;
    this.#program?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#program?.kill("SIGCONT");
  }

  /** Whether the program has told an event of the cluster with a state. */
  hasTold(state: ClusterState): boolean {
    const lines = this.#program?.stdout.lines ?? [];
    return lines.map((line) => JSON.parse(line)).some((event) =>
      event.event === "cluster" && event.state === state
    );
  }

  /** What the program has written last. */
  get output(): string {
    return this.#program === null ? "" : tail(this.#program);
  }
}

function tail({ stdout, stderr }: Program): string {
  return `${stdout.text.slice(-2_000)}${stderr.text.slice(-2_000)}`;
}

/** Resolves once a server has a file in its catalogue. */
async function untilKnown(path: string, port: number): Promise<void> {
  const endMs = performance.now() + ELECTION_MS;
  using peer = await Protocol2Peer.connect(port);
  for (;;) {
    await peer.ask("STAT", { path });
    const answer = await peer.read();
    if (answer?.type === "DONE") return;
    if (performance.now() > endMs) throw new CheckError(`${port} does not know ${path}`);
    await pause(50);
  }
}

/** Three nodes of NATS with proxies in their routes, and three servers. Disposal kills all. */
export class ClusterWorld implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly routes: NatsRoutes;
  readonly servers: readonly ClusterServer[];
  /** A connection of the test's own, to ask which node decides. */
  readonly #engine: NatsEngine;

  private constructor(
    nats: NatsCluster,
    routes: NatsRoutes,
    servers: readonly ClusterServer[],
    engine: NatsEngine,
  ) {
    this.nats = nats;
    this.routes = routes;
    this.servers = servers;
    this.#engine = engine;
  }

  /** @param folder for the data of the servers */
  static async start(folder: string): Promise<ClusterWorld> {
    const routes = new NatsRoutes();
    const nats = await NatsCluster.start(3, { routePort: routes.portOf });
    const engine = await connectEngine(nats.urls, NAME);
    const servers = ["ada", "bob", "eve"].map((name) => new ClusterServer(name, folder, nats.urls));
    const world = new ClusterWorld(nats, routes, servers, engine);
    try {
      const first = servers[0]!;
      first.write(SHARED, "shared");
      await createLog(engine);
      for (const server of servers) server.start();
      for (const server of servers) await server.listening();
      for (const { port } of servers) await untilKnown(SHARED, port);
      await first.addAdmin(SHARER.name, SHARER.password);
      return world;
    } catch (error) {
      const outputs = servers.map(({ output }) => output).join("\n");
      await world[Symbol.asyncDispose]();
      throw new Error(`The cluster did not start: ${outputs}`, { cause: error });
    }
  }

  /** The name of the node of NATS that decides; `null` while there is none. */
  async leader(): Promise<string | null> {
    const keepers = await this.#engine.log.keepers().catch(() => null);
    return keepers?.leader ?? null;
  }

  /** Brings back all that a fault has ended, and waits until all servers listen. */
  async heal(): Promise<void> {
    this.routes.heal();
    for (const node of this.nats.nodes) node.thaw();
    for (const server of this.servers) server.thaw();
    await Promise.all(this.nats.nodes.map((node) => node.isRunning ? null : node.start()));
    for (const server of this.servers) server.start();
    for (const server of this.servers) await server.listening();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
    for (const server of this.servers) await server.stop("SIGKILL").catch(() => {}); // It is told
    await this.nats[Symbol.asyncDispose]();
    await this.routes[Symbol.asyncDispose]();
  }
}
