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
}

const POLL_MS = 2;

const { root } = options<ServerPeerOptions>();
const server = await serve({
  hostname: "127.0.0.1",
  port: 0,
  root,
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
