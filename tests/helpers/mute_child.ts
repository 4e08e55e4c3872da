/**
 * A child process with a client that stops reading. Killing it resets the connection; closing a
 * socket in this process would end it cleanly first. The arguments are the port, the name of a file
 * to request or an empty string, and the number of bytes to read.
 *
 * @module
 */
import { rawFrame } from "./raw_peer.ts";

if (import.meta.main) {
  const [port, name, bytes] = Deno.args as [string, string, string];
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  if (name !== "") await conn.write(rawFrame("FILE", name));
  for (let left = Number(bytes); left > 0;) {
    left -= await conn.read(new Uint8Array(left)) ?? left;
  }
  console.log(JSON.stringify({ event: "connected" }));
  await Deno.stdin.readable.pipeTo(new WritableStream());
  conn.close();
}
