/**
 * A server as a process of its own, for tests that take something away from the whole process:
 * descriptors, permissions. Its options come as JSON in the first argument; it prints its events
 * as JSON lines and stops at the end of standard input.
 *
 * @module
 */
import { serve } from "../../lib/server/server.ts";
import type { ServerOptions } from "../../lib/server/config/options.ts";

if (import.meta.main) {
  const options: ServerOptions = JSON.parse(Deno.args[0]!);
  const server = await serve({
    hostname: "127.0.0.1",
    port: 0,
    ...options,
    onEvent: (event) => console.log(JSON.stringify(event)),
  });
  console.log(JSON.stringify({ event: "ready", port: server.port }));
  await Deno.stdin.readable.pipeTo(new WritableStream());
  await server.stop();
}
