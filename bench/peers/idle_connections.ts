/**
 * Connections that stay idle, with plain sockets.
 *
 * @module
 */
import { options, orders, report, wallMs } from "./messages.ts";

/** Options of the process. */
export interface IdleConnectionsOptions {
  readonly port: number;
  readonly count: number;
}

/** Connections that are opened at a time. */
const CONNECTING = 64;

const { port, count } = options<IdleConnectionsOptions>();
const connections: Deno.Conn[] = [];
let begun = 0;
report("ready");
for await (const _ of orders()) {
  const startedMs = wallMs();
  await Promise.all(Array.from({ length: CONNECTING }, open));
  report({ startedMs, endedMs: wallMs() });
}
Deno.exit();

async function open(): Promise<void> {
  while (begun < count) {
    begun++;
    connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  }
}
