import { assert, assertEquals, assertRejects } from "@std/assert";
import { OriginalClient } from "../helpers/original_client.ts";
import { bytesOf, type Content, rawFrame } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";

/** Connects a listener, and resolves once it receives chat. */
async function listen(server: TestServer): Promise<OriginalClient> {
  const listener = await OriginalClient.connect(server.port);
  server.server.announce("you are in");
  await listener.waitForChat("[SERVER]: you are in");
  listener.shown.length = 0;
  return listener;
}

const LIMITED = "[SERVER]: Too many messages, some were not delivered";

Deno.test("chat abuse: the server delivers 20 messages of a flood, and tells the sender once", async () => {
  await using server = await startServer({ chatPerSecond: 0.001 });
  await using listener = await listen(server);
  await using flooder = await OriginalClient.connect(server.port);
  const frames = Array.from({ length: 500 }, (_, i) => rawFrame("CHAT", String(i)));
  for (const frame of frames) await flooder.sendRaw(frame);
  await flooder.ask("missing");
  await assertRejects(() => flooder.receive()); // The server has read all messages
  server.server.announce("that was all");
  await listener.waitForChat("[SERVER]: that was all");
  await flooder.waitForChat("[SERVER]: that was all");
  const through = Array.from({ length: 20 }, (_, i) => `[guest-2]: ${i}`);
  assertEquals(listener.shown, [...through, "[SERVER]: that was all"]);
  assertEquals(flooder.shown, [LIMITED, "[SERVER]: that was all"]);
  assertEquals(server.eventsOf("chat").length, 20);
  assertEquals(server.eventsOf("refused").filter(({ code }) => code === "rate-limited").length, 1);
  await assertServesOn(server); // New clients have their own rate limits
});

Deno.test("chat abuse: the server delivers messages of a limited client again after a pause", async () => {
  await using server = await startServer({ chatPerSecond: 50 });
  await using listener = await listen(server);
  await using flooder = await OriginalClient.connect(server.port);
  for (let i = 0; i < 100; i++) await flooder.say(`flood ${i}`);
  await flooder.waitForChat(LIMITED);
  // The limit recovers over time: sooner or later one gets through
  let isThrough = false;
  const through = listener.waitForChat("[guest-2]: sorry").finally(() => isThrough = true);
  while (!isThrough) {
    await flooder.say("sorry");
    await new Promise((resolve) => setTimeout(resolve));
  }
  await through;
});

Deno.test("chat abuse: the server limits each client separately", async () => {
  await using server = await startServer({ chatPerSecond: 0.001 });
  await using listener = await listen(server);
  await using flooder = await OriginalClient.connect(server.port);
  await using other = await OriginalClient.connect(server.port);
  for (let i = 0; i < 30; i++) await flooder.say(`flood ${i}`);
  await flooder.waitForChat(LIMITED);
  await server.waitFor("connected", ({ client }) => client === 3);
  await other.say("and me?");
  await listener.waitForChat("[guest-3]: and me?");
});

Deno.test("chat abuse: the server counts a message once, in however many pieces it is delivered", async () => {
  await using server = await startServer({ chatPerSecond: 0.001 });
  await using listener = await listen(server);
  await using client = await OriginalClient.connect(server.port);
  await client.say("x".repeat(65_536));
  await client.say("end");
  await listener.waitForChat("[guest-2]: end");
  assertEquals(listener.shown.length, 17);
  assertEquals(client.shown, []);
});

const UNCLEAN: Record<string, [Content, string]> = {
  "invalid UTF-8": [Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0x62), "a\ufffd\ufffd(b"],
  "a character cut in the middle": [Uint8Array.of(0x61, 0xe2, 0x82), "a\ufffd"],
  "a surrogate": [Uint8Array.of(0xed, 0xa0, 0x80, 0x61), "\ufffd\ufffd\ufffda"],
  "an escape sequence that clears the screen": ["\x1b[2J\x1b[Hhi", "[2J[Hhi"],
  "an escape sequence that sets the title": ["\x1b]0;owned\x07hi", "]0;ownedhi"],
  "an 8-bit escape sequence": ["\u009b31mred", "31mred"],
  "a NUL": ["a\0b", "ab"],
  "a backspace and a delete": ["safe\b\b\b\b\x7fevil", "safeevil"],
  "a carriage return": ["first\rsecond\r\nthird", "first\nsecond\nthird"],
  "newlines and tabs, which are allowed": ["a\n\tb", "a\n\tb"],
};

for (const [what, [payload, expected]] of Object.entries(UNCLEAN)) {
  Deno.test(`chat abuse: the server delivers chat with ${what} as clean text`, async () => {
    await using server = await startServer();
    await using listener = await listen(server);
    await using client = await OriginalClient.connect(server.port);
    await client.sendRaw(rawFrame("CHAT", bytesOf(payload)));
    await client.say("end");
    await listener.waitForChat("[guest-2]: end");
    const indented = expected.replaceAll("\n", "\n    ");
    assertEquals(listener.shown, [`[guest-2]: ${indented}`, "[guest-2]: end"]);
    assertEquals(server.eventsOf("chat")[0]!.text, expected);
  });
}

Deno.test("chat abuse: the server drops empty messages", async () => {
  await using server = await startServer();
  await using listener = await listen(server);
  await using client = await OriginalClient.connect(server.port);
  for (const text of ["", " ", "\n\t\r\n", "\0\x1b\x07", "end"]) await client.say(text);
  await listener.waitForChat("[guest-2]: end");
  assertEquals(listener.shown, ["[guest-2]: end"]);
});

Deno.test("chat abuse: the server delivers the message of a client that disconnects at once", async () => {
  await using server = await startServer();
  await using listener = await listen(server);
  for (let i = 0; i < 10; i++) {
    using peer = await server.connect();
    await peer.sendFrame("CHAT", `bye ${i}`);
  }
  for (let i = 0; i < 10; i++) await listener.waitForChat(`[guest-${i + 2}]: bye ${i}`);
  assert(listener.shown.length === 10);
});
