/**
 * Demonstrates the system: starts a server on a free port, downloads every sample with a real
 * client, chats in both directions, and prints each step. Exits 0 only if everything succeeds.
 *
 * @module
 */
import { connect } from "../lib/client/connect.ts";
import type { ServerEvent } from "../lib/server/config/events.ts";
import { serve } from "../lib/server/serve.ts";
import { detectLanguage } from "../lib/cli/texts/language.ts";
import { makeLocale } from "../lib/cli/texts/locale.ts";

const TEXTS = {
  listens: {
    en: "The server listens on port {port}.",
    "pt-BR": "O servidor escuta na porta {port}.",
  },
  verified: {
    en: "{path}: {size} in {seconds} s, SHA-256 verified ({sha256})",
    "pt-BR": "{path}: {size} em {seconds} s, SHA-256 verificado ({sha256})",
  },
  toServer: { en: "Hello, server!", "pt-BR": "Olá, servidor!" },
  toClient: { en: "Hello, client!", "pt-BR": "Olá, cliente!" },
  serverHeard: { en: "The server heard: {text}", "pt-BR": "O servidor ouviu: {text}" },
  clientHeard: { en: "The client heard: {text}", "pt-BR": "O cliente ouviu: {text}" },
  worked: { en: "All of it worked.", "pt-BR": "Tudo funcionou." },
} as const;

const { fill, size, decimal } = makeLocale(detectLanguage((name) => Deno.env.get(name)));

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
console.log(fill(TEXTS.listens, { port: server.port }));

for await (const { path, stamp } of server.files()) {
  const startedMs = performance.now();
  const { file, sha256 } = await client.download(path, { directory: folder, name: path });
  const seconds = decimal((performance.now() - startedMs) / 1000);
  const { size: bytes } = await Deno.stat(file);
  if (bytes !== stamp.sizeBytes) throw new Error(`${path} has ${bytes} bytes`);
  console.log(fill(TEXTS.verified, { path, size: size(bytes), seconds, sha256 }));
}

client.chat.say(fill(TEXTS.toServer));
const heard = await atServer.seen;
console.log(fill(TEXTS.serverHeard, { text: heard.event === "chat" ? heard.text : "" }));
server.announce(fill(TEXTS.toClient));
console.log(fill(TEXTS.clientHeard, { text: await atClient.seen }));

await client.quit();
await server.stop();
await Deno.remove(folder, { recursive: true });
console.log(fill(TEXTS.worked));
