/**
 * A server to measure. It reports its port, and for each order `{ clients: N }` the time at which N
 * clients have connected since the start.
 *
 * @module
 */
import type { ClusterOptions } from "../../lib/server/config/cluster_options.ts";
import { serveWithPage } from "../../lib/server/serve.ts";
import { webPage } from "../../lib/web/web_page.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** Options of the process. */
export interface ServerPeerOptions {
  readonly root: string;
  /** Whether clients may upload. Default `false`. */
  readonly uploads?: boolean;
  /** The data folder. Default: in memory. */
  readonly dataDirectory?: string;
  /** Messages kept for each room. Default 10,000. */
  readonly historyMessages?: number;
  /** Whether to use TLS with a self-made certificate. Default `false`. */
  readonly tls?: boolean;
  /** Whether to serve the web page. Default `false`. */
  readonly page?: boolean;
  /** Whether clients need an account. Default `false`. */
  readonly requireAccount?: boolean;
  /** The cluster that it is in. Default: none. */
  readonly cluster?: ClusterOptions;
}

const POLL_MS = 2;

const { tls = false, page = false, ...others } = options<ServerPeerOptions>();
const server = await serveWithPage({
  hostname: "127.0.0.1",
  port: 0,
  ...others,
  ...(tls && { tls: "own" as const }),
  maxPerAddress: 0,
  chatPerSecond: 0,
}, page ? webPage({}) : null);
report({ port: server.port });

for await (const { clients } of orders<{ clients: number }>()) {
  while (server.stats.connections < clients) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  report({ atMs: wallMs() });
}
Deno.exit();
