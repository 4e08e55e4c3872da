/**
 * A client that downloads what it is told to, reports when it began and ended, and deletes what it
 * got.
 *
 * @module
 */
import { join } from "@std/path";
import { connect } from "../../lib/client/client.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** What to download. */
export interface DownloadOrder {
  readonly paths: readonly string[];
  /** How many requests to be ahead with. Default 1. */
  readonly window?: number;
  /** The size of each file, if the client is to know it. */
  readonly sizeBytes?: number;
  /** What is there of each file already. Default 0. */
  readonly keptBytes?: number;
}

/** How it went, in milliseconds since 1970. */
export interface DownloadReport {
  readonly startedMs: number;
  /** The first byte came that was not there before. */
  readonly firstByteMs: number;
  readonly endedMs: number;
}

/** How to start it. */
export interface DownloaderOptions {
  readonly port: number;
  /** Its own. */
  readonly directory: string;
  readonly protocol: 1 | 2;
  /** Data connections. Default 1. */
  readonly connections?: number;
  /** Speak TLS, with whatever server there is. Default `false`. */
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
    const known = sizeBytes === undefined ? {} : { sizeBytes };
    underWay.push(client.download(name, { directory, name, onProgress, ...known }));
  }
  await Promise.all(underWay);
  const endedMs = wallMs();
  for (const name of paths) Deno.removeSync(join(directory, name));
  return { startedMs, firstByteMs, endedMs };
}
