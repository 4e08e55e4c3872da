/**
 * A client as a process of its own that stops reading. Killing it resets the connection, where
 * closing a socket in this process would end it politely first. The arguments are the port, the
 * name of a file to ask for, which may be empty, and how many bytes it reads.
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
