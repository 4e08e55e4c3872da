/**
 * Announces or finds servers, inside a network of a test's own: `announce OPTIONS` or `find OPTIONS`,
 * with the options in JSON. Prints what it finds as JSON lines. Ends with its standard input.
 *
 * @module
 */
import { announce } from "../../lib/discovery/announce.ts";
import { findServers } from "../../lib/discovery/find_servers.ts";
import { messageOf } from "../../lib/protocol/errors.ts";

const [mode, json = "{}"] = Deno.args;
const options = JSON.parse(json);
const say = (line: object) => console.log(JSON.stringify(line));

if (mode === "announce") {
  const announcement = await announce(options);
  say({ event: "announced" });
  await Deno.stdin.readable.pipeTo(new WritableStream());
  const startMs = performance.now();
  await announcement.stop();
  say({ event: "stopped", ms: performance.now() - startMs });
} else {
  const startMs = performance.now();
  Deno.stdin.readable.pipeTo(new WritableStream()).then(() => Deno.exit());
  try {
    for await (const server of findServers(options)) say({ event: "server", ...server });
  } catch (error) {
    say({ event: "error", message: messageOf(error), code: (error as { code?: string }).code });
  }
  say({ event: "end", ms: performance.now() - startMs });
  Deno.exit(); // Standard input is still open
}
