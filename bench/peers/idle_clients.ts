/**
 * Clients that connect and do nothing, with plain sockets.
 *
 * @module
 */
import { options, orders, report, wallMs } from "./messages.ts";

/** How to start it. */
export interface IdleOptions {
  readonly port: number;
  readonly count: number;
}

/** Connections being made at a time. */
const CONNECTING = 64;

const { port, count } = options<IdleOptions>();
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
