/**
 * Demonstrates the system: starts a server on a free port, downloads every sample with a real
 * client, chats in both directions, and prints each step. Exits 0 only if everything succeeds.
 *
 * @module
 */
import { connect } from "../lib/client/connect.ts";
import type { ServerEvent } from "../lib/server/config/events.ts";
import { serve } from "../lib/server/serve.ts";

/** Resolves to the first value passed to `on` that passes the test. */
function firstOf<T>(test: (value: T) => boolean): { on: (value: T) => void; seen: Promise<T> } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { on: (value) => test(value) && resolve(value), seen: promise };
}

const samples = new URL("../server_files/", import.meta.url);
const folder = await Deno.makeTempDir({ prefix: "tcp-chat-demo-" });
const atServer = firstOf<ServerEvent>((event) => event.event === "chat");
const atClient = firstOf<string>((text) => text.startsWith("[SERVER]: "));
const root = decodeURIComponent(samples.pathname);
const server = await serve({ port: 0, hostname: "127.0.0.1", root, onEvent: atServer.on });
const client = await connect({
  hostname: "127.0.0.1",
  port: server.port,
  onChat: atClient.on,
});
console.log(`The server listens on port ${server.port}.`);

for await (const { path, stamp } of server.files()) {
  const startedMs = performance.now();
  const { file, sha256 } = await client.download(path, { directory: folder, name: path });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(2);
  const { size } = await Deno.stat(file);
  if (size !== stamp.sizeBytes) throw new Error(`${path} has ${size} bytes`);
  console.log(`${path}: ${size} bytes in ${seconds} s, SHA-256 verified (${sha256})`);
}

client.chat.say("Hello, server!");
const heard = await atServer.seen;
console.log(`The server heard: ${heard.event === "chat" && heard.text}`);
server.announce("Hello, client!");
console.log(`The client heard: ${await atClient.seen}`);

await client.quit();
await server.stop();
await Deno.remove(folder, { recursive: true });
console.log("All of it worked.");
