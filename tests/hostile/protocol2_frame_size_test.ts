import { assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";

const CONTROL_BYTES = 65_536;
const DATA_BYTES = 1_048_576;

/** A LIST of the root with a payload of exactly `bytes` bytes. */
function listPayload(id: number, bytes: number): string {
  const [head, tail] = [`{"id":${id},"path":"","padding":"`, `"}`];
  return head + "x".repeat(bytes - head.length - tail.length) + tail;
}

for (const bytes of [CONTROL_BYTES - 1, CONTROL_BYTES]) {
  Deno.test(`protocol 2 frame size: the server accepts a control payload of ${bytes} bytes`, async () => {
    await using server = await startServer({}, { "a.txt": "a" });
    using peer = await Protocol2Peer.connect(server.port);
    await peer.raw.sendFrame("LIST", listPayload(1, bytes));
    assertEquals((await peer.done(1)).path, "");
    await peer.raw.sendFrame("XXXX", listPayload(2, bytes));
    assertEquals(await peer.fail(2), "unsupported");
  });
}

for (const bytes of [DATA_BYTES - 1, DATA_BYTES]) {
  Deno.test(`protocol 2 frame size: the server accepts a data frame of ${bytes} bytes`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    const content = patternedBytes(bytes + 1);
    const id = await peer.ask("FPUT", { path: "a.bin", size: content.length });
    await peer.raw.sendFrame("FDAT", content.subarray(0, bytes));
    await peer.raw.sendFrame("FDAT", content.subarray(bytes));
    await peer.send("FEND", { id, sha256: sha256Of(content) });
    assertEquals(await peer.expect("REDY"), { id, offset: 0 });
    assertEquals((await peer.done(id)).sha256, sha256Of(content));
  });
}

const TOO_LARGE: Array<[type: string, size: bigint]> = [
  ["LIST", BigInt(CONTROL_BYTES) + 1n],
  ["PING", BigInt(CONTROL_BYTES) + 1n],
  ["FEND", BigInt(CONTROL_BYTES) + 1n],
  ["QUIT", BigInt(CONTROL_BYTES) + 1n],
  ["XXXX", BigInt(CONTROL_BYTES) + 1n],
  ["LIST", 2n ** 32n],
  ["LIST", 2n ** 53n + 1n],
  ["LIST", 2n ** 63n],
  ["LIST", 2n ** 64n - 1n],
  ["FDAT", BigInt(DATA_BYTES) + 1n],
  ["FDAT", 2n ** 32n],
  ["FDAT", 2n ** 64n - 1n],
  ["FZST", BigInt(DATA_BYTES) + 1n],
  ["FZST", 2n ** 63n],
];

for (const [type, size] of TOO_LARGE) {
  Deno.test(`protocol 2 frame size: the server answers ${type} of ${size} bytes with too-large and closes`, async () => {
    await using server = await startServer({ uploads: true });
    using observer = await Protocol2Peer.connect(server.port);
    using peer = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FPUT", { path: "a.bin", size: 2_000_000 });
    assertEquals(await peer.expect("REDY"), { id, offset: 0 });
    await peer.raw.send(rawFrame(type, "the beginning", size));
    assertEquals(await peer.failsAndEnds(), "too-large");
    assertEquals((await server.waitFor("disconnected")).reason, "too-large");
    await observer.assertLives();
  });
}

Deno.test("protocol 2 frame size: the server limits FZST before HELO like an unknown type", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await peer.send(rawFrame("FZST", "", BigInt(CONTROL_BYTES) + 1n));
  assertEquals((await peer.readToEnd()).map(({ type }) => type), ["FERR"]);
  peer.close();
});
