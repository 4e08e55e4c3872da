/**
 * The sender of the floor: sends `sizeBytes` to every connection with plain writes.
 *
 * @module
 */
import { options, orders, report } from "./messages.ts";

const BUFFER_BYTES = 256 * 1024;

const { sizeBytes } = options<{ sizeBytes: number }>();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
report({ port: listener.addr.port });
send();
for await (const _ of orders()); // Until the end of the bench
Deno.exit();

async function send(): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for await (const conn of listener) {
    for (let left = sizeBytes; left > 0;) {
      left -= await conn.write(buffer.subarray(0, Math.min(left, buffer.length)));
    }
    conn.close();
  }
}
