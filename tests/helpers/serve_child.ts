/**
 * A child process with a server, for tests that limit the whole process, such as its descriptors or
 * permissions. The argument holds its options in JSON. It prints its events as JSON lines and stops
 * at the end of standard input.
 *
 * @module
 */
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { serve } from "../../lib/server/serve.ts";

if (import.meta.main) {
  const options: ServerSetup = JSON.parse(Deno.args[0]!);
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
