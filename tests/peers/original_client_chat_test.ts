import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("original client: chats with all others, without an echo", async () => {
  await using server = await startServer();
  await using ana = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 1);
  await using bia = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  await using caio = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 3);
  await ana.say("olá, ação!");
  await bia.waitForChat("[guest-1]: olá, ação!");
  await bia.say("oi");
  await ana.waitForChat("[guest-2]: oi");
  await caio.waitForChat("[guest-2]: oi");
  assertEquals(ana.shown, ["[guest-2]: oi"]);
  assertEquals(bia.shown, ["[guest-1]: olá, ação!"]);
  assertEquals(caio.shown, ["[guest-1]: olá, ação!", "[guest-2]: oi"]);
  const said = server.eventsOf("chat").map(({ nick, text }) => `${nick}: ${text}`);
  assertEquals(said, ["guest-1: olá, ação!", "guest-2: oi"]);
});

Deno.test("original client: receives an announcement at once", async () => {
  await using server = await startServer();
  await using ana = await OriginalClient.connect(server.port);
  await using bia = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  server.server.announce("almoço às 12");
  await ana.waitForChat("[SERVER]: almoço às 12");
  await bia.waitForChat("[SERVER]: almoço às 12");
});

Deno.test("original client: downloads a whole file with chat before, between and after its frames", async () => {
  const content = patternedBytes(6 * 1024 * 1024 + 7, 3);
  await using server = await startServer({}, { "big.bin": content });
  await using reader = await OriginalClient.connect(server.port);
  await using speaker = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  const names = Array.from({ length: 400 }, (_, i) => `[SERVER]: message ${i}`);

  server.server.announce("before");
  await reader.waitForChat("[SERVER]: before");
  const asked = reader.download("big.bin");
  for (let i = 0; i < names.length; i++) {
    server.server.announce(`message ${i}`);
    // The round trip of another client lets the download go on between two messages
    if (i % 4 === 0) await speaker.waitForChat(`[SERVER]: message ${i}`);
  }
  const download = await asked;
  assert(download.verified);
  await speaker.say("after");
  await reader.waitForChat("[guest-2]: after");
  assertEquals(reader.shown, ["[SERVER]: before", ...names, "[guest-2]: after"]);
  assert((await reader.download("big.bin")).verified);
});

Deno.test("original client: hears a client that chats during its download", async () => {
  await using server = await startServer({}, { "big.bin": patternedBytes(32 * 1024 * 1024) });
  using reader = await server.connect();
  await using listener = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  await reader.sendFrame("FILE", "big.bin");
  await reader.expect("FDAT");
  // The peer has stopped reading, so the transfer cannot be over when this arrives
  await reader.sendFrame("CHAT", "it is slow today");
  await listener.waitForChat("[guest-1]: it is slow today");
  assertEquals(server.eventsOf("download"), []);
});

Deno.test("original client: gets files, and a refusal of chat, from a server without chat", async () => {
  await using server = await startServer({ chat: false }, { "a.txt": "a" });
  await using client = await OriginalClient.connect(server.port);
  await client.say("hello?");
  await client.waitForChat("[SERVER]: This is not supported here");
  assert((await client.download("a.txt")).verified);
});

Deno.test("original client: receives a long message in pieces that fit a frame", async () => {
  await using server = await startServer();
  await using ana = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 1);
  await using bia = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  const text = "ã".repeat(5000);
  await ana.say(text);
  await ana.say("that was long");
  await bia.waitForChat("[guest-1]: that was long");
  const prefix = "[guest-1]: ";
  const pieces = bia.shown.slice(0, -1).map((piece) => piece.slice(prefix.length));
  assertEquals(pieces.join(""), text);
  assert(pieces.every((piece) => new TextEncoder().encode(piece).length <= 4096));
});
