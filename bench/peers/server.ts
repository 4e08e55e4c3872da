/**
 * A server to measure. It reports its port, and for each order `{ clients: N }` the moment when so
 * many clients have come in since the start.
 *
 * @module
 */
import { serve } from "../../lib/server/server.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** How to start it. */
export interface ServerPeerOptions {
  readonly root: string;
  /** Let clients upload. Default `false`. */
  readonly uploads?: boolean;
  /** Where it keeps its state. Default: in memory. */
  readonly dataDirectory?: string;
  /** Messages that it keeps of each room. Default 10,000. */
  readonly historyMessages?: number;
  /** Speak TLS, with a certificate of its own. Default `false`. */
  readonly tls?: boolean;
  /** Let in only who has an account. Default `false`. */
  readonly requireAccount?: boolean;
}

const POLL_MS = 2;

const { tls = false, ...others } = options<ServerPeerOptions>();
const server = await serve({
  hostname: "127.0.0.1",
  port: 0,
  ...others,
  ...(tls && { tls: "own" as const }),
  maxPerAddress: 0,
  chatPerSecond: 0,
});
report({ port: server.port });

for await (const { clients } of orders<{ clients: number }>()) {
  while (server.stats.connections < clients) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  report({ atMs: wallMs() });
}
Deno.exit();
