/** WebSockets of foreign pages, and of peers that break the rules or flood. */
import { assert, assertEquals } from "@std/assert";
import { encodeJsonFrame } from "../../lib/protocol/frames.ts";
import { OPCODE } from "../../lib/web/ws_frames.ts";
import { rawFrame, type RawPeer } from "../helpers/raw_peer.ts";
import type { TestServer } from "../helpers/servers.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import {
  maskedFrame,
  openRawWebSocket,
  readAnswer,
  startWebServer,
  WsPeer,
} from "../helpers/web.ts";

const HELLO = encodeJsonFrame("HELO", { protocol: 2 });

/** Opens a WebSocket, whose frames the test makes. */
async function open(server: TestServer): Promise<RawPeer> {
  const peer = await openRawWebSocket(server.port);
  assertEquals((await readAnswer(peer)).status, 101);
  return peer;
}

/** Reads frames until Close, and returns its code. */
async function closeCode(peer: RawPeer): Promise<number> {
  for (;;) {
    const [first = 0, length = 0] = await peer.readBytes(2);
    const size = length === 126 ? await peer.readBytes(2) : new Uint8Array([0, length]);
    const payload = await peer.readBytes(size[0]! * 256 + size[1]!);
    if (first === (0x80 | OPCODE.close)) return payload[0]! * 256 + payload[1]!;
    if (first === 0) throw new Error("The connection ended without Close");
  }
}

Deno.test("GET /ws: refuses the page of another origin", async () => {
  await using server = await startWebServer();
  const statusOf = async (origin: string) => {
    using peer = await openRawWebSocket(server.port, { Origin: origin });
    return (await readAnswer(peer)).status;
  };
  for (const origin of ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"]) {
    assertEquals(await statusOf(origin), 403, origin);
  }
  assertEquals(await statusOf("http://127.0.0.1"), 101);
});

Deno.test("GET /ws: refuses what is no handshake", async () => {
  await using server = await startWebServer();
  const statusOf = async (headers: Record<string, string>) => {
    using peer = await openRawWebSocket(server.port, headers);
    return (await readAnswer(peer)).status;
  };
  assertEquals(await statusOf({ "Sec-WebSocket-Version": "8" }), 426);
  assertEquals(await statusOf({ "Upgrade": "h2c" }), 426);
  assertEquals(await statusOf({ "Connection": "keep-alive" }), 426);
  assertEquals(await statusOf({ "Content-Length": "5" }), 426);
  for (const key of ["", "short", "dGhlIHNhbXBsZSBub25jZQ=", `${"A".repeat(22)}==A`]) {
    assertEquals(await statusOf({ "Sec-WebSocket-Key": key }), 400, key);
  }
});

Deno.test("web socket: each break of the rules ends with 1002", async () => {
  await using server = await startWebServer();
  const breaks: Record<string, Uint8Array> = {
    "text": maskedFrame(OPCODE.text, new Uint8Array([65])),
    "no mask": new Uint8Array([0x82, 1, 65]),
    "RSV": new Uint8Array([0xc2, 0x80, 0, 0, 0, 0]),
    "giant": new Uint8Array([0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
    "long ping": new Uint8Array([0x89, 0xfe, 1, 0, 0, 0, 0, 0]),
    "continuation": maskedFrame(OPCODE.continuation, new Uint8Array([65])),
  };
  for (const [what, bytes] of Object.entries(breaks)) {
    using peer = await open(server);
    await peer.send(maskedFrame(OPCODE.binary, HELLO), bytes);
    assertEquals(await closeCode(peer), 1002, what);
    await peer.ended();
  }
});

Deno.test("web socket: a frame that is too large for the protocol ends the connection", async () => {
  await using server = await startWebServer();
  await using web = await WsPeer.connect(server.port);
  web.send(HELLO);
  await web.expect("HELO");
  web.send(rawFrame("SEND", "", 2n ** 40n));
  const { code } = await web.expect("FAIL");
  assertEquals(code, "too-large");
  assertEquals((await web.closed).code, 1000);
});

Deno.test("web socket: speaks protocol 2 only, and within 10 s", async () => {
  await using server = await startWebServer();
  using old = await open(server);
  await old.send(maskedFrame(OPCODE.binary, rawFrame("CHAT", "hello")));
  await old.ended();
  await server.waitFor("disconnected", ({ reason }) => reason === "violation");
  using silent = await open(server);
  await silent.send(maskedFrame(OPCODE.ping, new Uint8Array(1)));
  using _later = new ShiftedClock(11_000);
  await silent.ended();
  await server.waitFor("disconnected", ({ reason }) => reason === "too-slow");
});

Deno.test("web socket: a stream cut into messages of one byte is the same stream", async () => {
  await using server = await startWebServer();
  using peer = await open(server);
  const frames = [...HELLO].flatMap((byte) => [
    ...maskedFrame(OPCODE.binary, new Uint8Array([byte]), { final: false }),
    ...maskedFrame(OPCODE.continuation, new Uint8Array()),
  ]);
  await peer.send(new Uint8Array(frames));
  await server.waitFor("hello");
});

Deno.test("web socket: pings that nothing reads the answers to are taken, and cost no memory", async () => {
  await using server = await startWebServer();
  using flood = await open(server);
  await flood.send(maskedFrame(OPCODE.binary, HELLO));
  const pings = new Uint8Array(
    Array.from({ length: 1_000 }, () => [...maskedFrame(OPCODE.ping, new Uint8Array(125))]).flat(),
  );
  const before = Deno.memoryUsage().rss;
  for (let at = 0; at < 200; at++) await flood.send(pings);
  const grown = Deno.memoryUsage().rss - before;
  assert(grown < 64 * 1024 * 1024, `${grown} bytes more`);
  await using web = await WsPeer.connect(server.port);
  web.send(HELLO);
  await web.expect("HELO");
});

Deno.test("web socket: a message without an end does not hold up others", async () => {
  await using server = await startWebServer();
  using endless = await open(server);
  await endless.send(maskedFrame(OPCODE.binary, HELLO, { final: false }));
  const empty = maskedFrame(OPCODE.continuation, new Uint8Array(), { final: false });
  const many = new Uint8Array(Array.from({ length: 10_000 }, () => [...empty]).flat());
  for (let at = 0; at < 100; at++) await endless.send(many);
  await using web = await WsPeer.connect(server.port);
  web.send(HELLO);
  await web.expect("HELO");
});
