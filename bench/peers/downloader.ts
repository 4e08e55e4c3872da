/**
 * A client that downloads what it is told to, all over one connection, reports when it began and
 * ended, and deletes what it got.
 *
 * @module
 */
import { join } from "@std/path";
import { connect } from "../../lib/client/client.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** What to download. */
export interface DownloadOrder {
  readonly paths: readonly string[];
  /** How many requests to be ahead with. */
  readonly window: number;
}

/** How it went. */
export interface DownloadReport {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** How to start it. */
export interface DownloaderOptions {
  readonly port: number;
  /** Its own. */
  readonly directory: string;
}

const { port, directory } = options<DownloaderOptions>();
const client = await connect({ hostname: "127.0.0.1", port });
report("ready");
for await (const order of orders<DownloadOrder>()) report(await carryOut(order));
Deno.exit();

async function carryOut({ paths, window }: DownloadOrder): Promise<DownloadReport> {
  const startedMs = wallMs();
  const underWay: Promise<unknown>[] = [];
  for (const name of paths) {
    if (underWay.length === window) await underWay.shift();
    underWay.push(client.download(name, { directory, name }));
  }
  await Promise.all(underWay);
  const endedMs = wallMs();
  for (const name of paths) Deno.removeSync(join(directory, name));
  return { startedMs, endedMs };
}
