import { TempDir } from "./temp_dir.ts";
import { startServer, type TestServer, type TestServerOptions } from "./servers.ts";

/** Options of {@link startClusterServer}. */
export interface ClusterServerOptions extends Omit<TestServerOptions, "cluster"> {
  /** The name of the cluster. Default `test`. */
  readonly name?: string;
  /** The data folder, which the caller owns. */
  readonly data: TempDir;
  /** What the server serves. Default: an empty folder. */
  readonly root?: TempDir;
  /** Time between two looks at the served folder, in milliseconds. */
  readonly rescanMs?: number;
  /** How long ago a file was hashed when it is hashed again, in milliseconds. */
  readonly scrubMs?: number;
  /** The port that it tells clients and other servers. Default: the one that it listens on. */
  readonly advertise?: number;
  /** How many servers keep each file. Default 2. */
  readonly copies?: number | "all";
}

/** Starts a server of the cluster on NATS at `urls`. */
export function startClusterServer(
  urls: readonly string[],
  { name = "test", data, root, rescanMs, scrubMs, advertise, copies, ...options }:
    ClusterServerOptions,
): Promise<TestServer> {
  const cluster = {
    servers: urls,
    name,
    host: "127.0.0.1",
    ...(rescanMs && { rescanMs }),
    ...(scrubMs && { scrubMs }),
    ...(advertise && { port: advertise }),
    ...(copies && { copies }),
  };
  return startServer({ ...options, dataDirectory: data.path, cluster }, {}, root);
}

/** Several servers of one cluster with their data folders. Disposal stops them. */
export class ClusterServers implements AsyncDisposable {
  readonly servers: TestServer[];
  readonly folders: TempDir[];

  private constructor(servers: TestServer[], folders: TempDir[]) {
    this.servers = servers;
    this.folders = folders;
  }

  /** Starts as many on NATS at `urls`, one after the other. */
  static async start(
    count: number,
    urls: readonly string[],
    options: Omit<ClusterServerOptions, "data"> = {},
  ): Promise<ClusterServers> {
    const started = new ClusterServers([], []);
    try {
      for (let i = 0; i < count; i++) await started.add(urls, options);
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** Starts another one with an empty data folder. */
  async add(
    urls: readonly string[],
    options: Omit<ClusterServerOptions, "data"> = {},
  ): Promise<TestServer> {
    const data = new TempDir();
    this.folders.push(data);
    const server = await startClusterServer(urls, { ...options, data });
    this.servers.push(server);
    return server;
  }

  /** The ports of all. */
  get ports(): number[] {
    return this.servers.map(({ port }) => port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    for (const folder of this.folders) folder[Symbol.dispose]();
  }
}
