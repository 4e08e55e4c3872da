/**
 * A client that chats at a steady rate; each message is its time of sending.
 *
 * @module
 */
import { encodeFrame } from "../../lib/protocol/frames.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** Options of the process. */
export interface ChatterOptions {
  readonly port: number;
  readonly messages: number;
  readonly pauseMs: number;
}

const { port, messages, pauseMs } = options<ChatterOptions>();
const conn = await Deno.connect({ hostname: "127.0.0.1", port });
conn.setNoDelay(true);
report("ready");
for await (const _ of orders()) {
  for (let i = 0; i < messages; i++) {
    await conn.write(encodeFrame("CHAT", String(wallMs())));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
Deno.exit();
