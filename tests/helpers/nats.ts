import { TextLineStream } from "@std/streams/text-line-stream";
import { cpSync, existsSync, rmSync } from "node:fs";
import { freePort } from "./free_port.ts";
import { TempDir } from "./temp_dir.ts";
import { within } from "./deadline.ts";

/** Where Debian's package puts the program, and where others do. */
const PLACES = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];
const PROGRAM = PLACES.find((path) => existsSync(path)) ?? "nats-server";

/** Whether a missing `nats-server` fails the tests, as CI asks for. */
const IS_REQUIRED = ["TCP_CHAT_TEST_NATS", "CI"].some((name) => Deno.env.get(name) !== undefined);
/** Whether there is no `nats-server`. */
const IS_NATS_MISSING = !PLACES.some((path) => existsSync(path));
if (IS_NATS_MISSING && !IS_REQUIRED) {
  console.error("Tests of the cluster are not run: there is no nats-server");
}

/** Options of a test that needs `nats-server`: it is ignored without one, but fails in CI. */
export const NEEDS_NATS = { ignore: IS_NATS_MISSING && !IS_REQUIRED } as const;

/** A `nats-server` on a port of its own. */
export class NatsNode {
  readonly name: string;
  readonly port: number;
  readonly #config: string;
  readonly #store: string;
  #process: Deno.ChildProcess | null = null;
  #isFrozen = false;

  /** @param config the path of its configuration, which has the name, the port and the folder of its store */
  constructor(name: string, port: number, config: string, store: string) {
    this.name = name;
    this.port = port;
    this.#config = config;
    this.#store = store;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  /** Starts the process. Resolves when it listens. */
  async start(): Promise<void> {
    if (IS_NATS_MISSING) throw new Error("Cannot test the cluster: there is no nats-server");
    const process = new Deno.Command(PROGRAM, {
      args: ["-c", this.#config],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#process = process;
    await within(
      untilReady(process.stderr),
      `${this.name} to listen`,
      () => this.#signal("SIGKILL"),
    );
  }

  /** Sends a signal and waits until the process is gone. */
  async stop(signal: "SIGKILL" | "SIGTERM" = "SIGTERM"): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    if (this.#isFrozen) this.thaw();
    this.#process = null;
    try {
      process.kill(signal);
    } catch {
      // It has ended by itself
    }
    await process.status;
  }

  /** Makes a backup of its store; it must not run. */
  backUp(): void {
    cpSync(this.#store, `${this.#store}.old`, { recursive: true });
  }

  /** Puts the backup in place of its store; it must not run. */
  restore(): void {
    rmSync(this.#store, { recursive: true });
    cpSync(`${this.#store}.old`, this.#store, { recursive: true });
  }

  /** Lets it tell its clients to go elsewhere: lame duck mode. */
  retire(): void {
    this.#signal("SIGUSR2");
  }

  /** Stops the process where it is, as a machine that is paused. */
  freeze(): void {
    this.#isFrozen = this.#signal("SIGSTOP");
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#signal("SIGCONT");
  }

  #signal(signal: Deno.Signal): boolean {
    this.#process?.kill(signal);
    return this.#process !== null;
  }
}

/** Reads the log of a process to its end, so that it never waits; resolves once it listens. */
function untilReady(log: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const lines: string[] = [];
  const read = async () => {
    const text = log.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of text) {
      if (line.includes("Server is ready")) resolve();
      if (lines.length < 100) lines.push(line);
    }
    reject(new Error(`nats-server has ended: ${lines.join("\n")}`));
  };
  read();
  promise.catch(() => {});
  return promise;
}

/** What the configuration of a node is made of. */
export interface NatsNodePorts {
  /** The number of the node, from 0 on. */
  readonly at: number;
  readonly port: number;
  /** The ports of the routes of all nodes. */
  readonly routes: readonly number[];
  /** An empty folder for its store. */
  readonly store: string;
}

/** What a cluster of NATS is made of. */
export interface NatsClusterOptions {
  /** More configuration for all nodes, such as `tls {…}`. */
  readonly extra?: string;
  /** The whole configuration of a node. Default: one without rights and TLS. */
  readonly configure?: (node: NatsNodePorts) => string;
  /** The port that node `from` uses to reach the routes of node `to`, for a proxy in between. */
  readonly routePort?: (from: number, to: number, port: number) => Promise<number>;
}

/** One or three nodes of NATS with JetStream, with a temporary store. Disposal kills them. */
export class NatsCluster implements AsyncDisposable {
  readonly nodes: readonly NatsNode[];
  readonly #folder: TempDir;

  private constructor(nodes: readonly NatsNode[], folder: TempDir) {
    this.nodes = nodes;
    this.#folder = folder;
  }

  /** Starts as many nodes. They may need seconds to elect a leader. */
  static async start(size: 1 | 3, options: NatsClusterOptions = {}): Promise<NatsCluster> {
    const folder = TempDir.inMemory();
    const ports = Array.from({ length: size }, freePort);
    const routes = Array.from({ length: size }, freePort);
    const nodes: NatsNode[] = [];
    for (const [at, port] of ports.entries()) {
      const node = { at, port, routes, store: folder.join(`n${at}`) };
      const text = options.configure?.(node) ?? await plainConfig(node, options);
      nodes.push(new NatsNode(`n${at}`, port, folder.write(`n${at}.conf`, text), node.store));
    }
    const started = new NatsCluster(nodes, folder);
    try {
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** The addresses of all nodes. */
  get urls(): readonly string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** The node of a name. */
  node(name: string | null): NatsNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`There is no node ${name}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop("SIGKILL")));
    this.#folder[Symbol.dispose]();
  }
}

async function plainConfig(node: NatsNodePorts, options: NatsClusterOptions): Promise<string> {
  const { at, port, routes, store } = node;
  return `server_name: n${at}
listen: "127.0.0.1:${port}"
jetstream { store_dir: "${store}", max_memory_store: 64MB, max_file_store: 64GB }
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
${routes.length === 1 ? "" : await routesOf(at, routes, options)}
${options.extra ?? ""}
`;
}

/** Nodes find each other by these routes alone: what they tell each other leads nowhere. */
async function routesOf(
  at: number,
  ports: readonly number[],
  { routePort = (_from, _to, port) => Promise.resolve(port) }: NatsClusterOptions,
): Promise<string> {
  const urls: string[] = [];
  for (const [to, port] of ports.entries()) {
    if (to !== at) urls.push(`"nats://127.0.0.1:${await routePort(at, to, port)}"`);
  }
  return `cluster {
  name: test
  listen: "127.0.0.1:${ports[at]}"
  advertise: "127.0.0.1:1"
  no_advertise: true
  routes: [${urls.join(", ")}]
}`;
}
