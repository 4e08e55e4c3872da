/**
 * A client that downloads on order, reports the times, and deletes the files.
 *
 * @module
 */
import { join } from "@std/path";
import { connect } from "../../lib/client/connect.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** An order to download files. */
export interface DownloadOrder {
  readonly paths: readonly string[];
  /** The number of pipelined requests. Default 1. */
  readonly window?: number;
  /** The size of each file, if the client is to know it. */
  readonly sizeBytes?: number;
  /** Bytes of each file that are kept from an earlier download. Default 0. */
  readonly keptBytes?: number;
}

/** The times of a download, in milliseconds since 1970. */
export interface DownloadReport {
  readonly startedMs: number;
  /** The time of the first new byte. */
  readonly firstByteMs: number;
  readonly endedMs: number;
}

/** Options of the process. */
export interface DownloaderOptions {
  readonly port: number;
  /** A folder that it alone uses. */
  readonly directory: string;
  readonly protocol: 1 | 2;
  /** Data connections. Default 1. */
  readonly connections?: number;
  /** Whether to use TLS, with any server. Default `false`. */
  readonly tls?: boolean;
}

const { port, directory, protocol, connections = 1, tls = false } = options<DownloaderOptions>();
const trust = { knownHosts: new KnownHosts(join(directory, "known_hosts")), accept: () => true };
const client = await connect({
  hostname: "127.0.0.1",
  port,
  protocol,
  connections,
  ...(tls && { tls: trust }),
});
report("ready");
for await (const order of orders<DownloadOrder>()) report(await carryOut(order));
Deno.exit();

async function carryOut(order: DownloadOrder): Promise<DownloadReport> {
  const { paths, window = 1, sizeBytes, keptBytes = 0 } = order;
  let firstByteMs = Infinity;
  const onProgress = (bytes: number) => {
    if (bytes > keptBytes && firstByteMs === Infinity) firstByteMs = wallMs();
  };
  const startedMs = wallMs();
  const underWay: Promise<unknown>[] = [];
  for (const name of paths) {
    if (underWay.length === window) await underWay.shift();
    const size = sizeBytes === undefined ? {} : { sizeBytes };
    underWay.push(client.download(name, { directory, name, onProgress, ...size }));
  }
  await Promise.all(underWay);
  const endedMs = wallMs();
  for (const name of paths) Deno.removeSync(join(directory, name));
  return { startedMs, firstByteMs, endedMs };
}
