import { assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { rawFrame, type RawPeer } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";

/** Sends as many of the bytes as the server accepts, and closes. */
async function sendAndClose(peer: RawPeer, bytes: Uint8Array): Promise<void> {
  await peer.send(bytes).catch(() => {}); // The server may close first
  peer.close();
}

Deno.test("garbage: the server closes only the connections that send random bytes", async () => {
  await using server = await startServer();
  for (let seed = 1; seed <= 50; seed++) {
    using peer = await server.connect();
    await sendAndClose(peer, patternedBytes(seed * 997, seed));
  }
  await server.waitFor("disconnected", ({ client }) => client === 50);
  assertEquals(server.eventsOf("error"), []);
  await assertServesOn(server);
  await assertAllGone(server);
});

const OTHER_PROTOCOLS: Record<string, string> = {
  "a web browser": "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "an SSH client": "SSH-2.0-OpenSSH_9.6\r\n",
  "a TLS client": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x00".repeat(40),
  "a line of text": "FILE teste_pequeno.txt\n",
};

for (const [name, bytes] of Object.entries(OTHER_PROTOCOLS)) {
  Deno.test(`garbage: the server closes the connection of ${name} after its first bytes`, async () => {
    await using server = await startServer();
    using peer = await server.connect();
    await peer.send(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
    await peer.ended();
    peer.close();
    assertEquals((await server.waitFor("disconnected")).reason, "too-large");
    await assertServesOn(server);
  });
}

Deno.test("garbage: the server ignores zeros, which are frames without a type and a payload", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  await using client = await OriginalClient.connect(server.port);
  await client.sendRaw(new Uint8Array(12 * 10_000));
  const download = await client.download("a.txt");
  assertEquals(download.verified, true);
  assertEquals(client.ignored, []);
});

Deno.test("garbage: the server removes control characters from the types that it logs", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await peer.sendFrame("\x1b[2J");
  await peer.sendFrame("\r\n\x07\x9b");
  const { type } = await server.waitFor("refused");
  assertEquals(type, "[2J");
  await peer.sendFrame("QUIT");
  await peer.ended();
  for (const event of server.eventsOf("refused")) {
    assertEquals(/\p{Cc}/u.test(event.type ?? ""), false, JSON.stringify(event.type));
  }
});

Deno.test("garbage: the server ignores frames that only servers send", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  await using client = await OriginalClient.connect(server.port);
  for (const type of ["FROK", "FERR", "FMTA", "FHSH", "FDAT", "HELO", "quit", "file"]) {
    await client.sendRaw(rawFrame(type, patternedBytes(100)));
  }
  assertEquals((await client.download("a.txt")).verified, true);
});

Deno.test("garbage: the server ignores the payload of QUIT", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await peer.sendFrame("QUIT", patternedBytes(1000));
  assertEquals(await peer.readToEnd(), []);
  peer.close();
  assertEquals((await server.waitFor("disconnected")).reason, "quit");
});
