import { assert, assertEquals } from "@std/assert";
import { rawFrame, type RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn } from "../helpers/serves_on.ts";

const CONTROL_LIMIT = 65_536;
const DATA_LIMIT = 1_048_576;

/** The header of a frame, without its payload. */
function header(type: string, size: bigint): Uint8Array {
  return rawFrame(type, "", size);
}

async function assertTooLarge(peer: RawPeer): Promise<void> {
  const frames = await peer.readToEnd();
  assertEquals(frames.map((frame) => [frame.type, textOf(frame)]), [["FERR", "Too large"]]);
}

const SIZES: Array<[string, bigint]> = [
  ["2^63", 2n ** 63n],
  ["2^63 - 1", 2n ** 63n - 1n],
  ["2^64 - 1", 2n ** 64n - 1n],
  ["2^53 + 1", 2n ** 53n + 1n],
  ["2^32", 2n ** 32n],
  ["2^32 + 1 (1 in 32 bits)", 2n ** 32n + 1n],
];

for (const [name, size] of SIZES) {
  Deno.test(`frame size: the server answers a frame of ${name} bytes with FERR and closes`, async () => {
    await using server = await startServer();
    for (const type of ["FILE", "CHAT", "FDAT", "WHAT", "QUIT"]) {
      using peer = await server.connect();
      await peer.send(header(type, size));
      await assertTooLarge(peer);
    }
    await server.waitFor("disconnected", ({ client }) => client === 5);
    const reasons = server.eventsOf("disconnected").map(({ reason }) => reason);
    assertEquals(reasons, Array(5).fill("too-large"));
    await assertServesOn(server);
    await assertAllGone(server);
  });
}

for (const type of ["FILE", "CHAT", "WHAT", "QUIT"]) {
  Deno.test(`frame size: the server refuses ${type} with one byte above the control limit`, async () => {
    await using server = await startServer();
    using peer = await server.connect();
    await peer.send(header(type, BigInt(CONTROL_LIMIT + 1)));
    await assertTooLarge(peer);
    await assertServesOn(server);
  });
}

Deno.test("frame size: the server refuses FDAT with one byte above the data limit", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await peer.send(header("FDAT", BigInt(DATA_LIMIT + 1)));
  await assertTooLarge(peer);
  await assertServesOn(server);
});

Deno.test("frame size: the server accepts frames of exactly the limit", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await server.connect();
  await peer.sendFrame("WHAT", new Uint8Array(CONTROL_LIMIT));
  await peer.sendFrame("FDAT", new Uint8Array(DATA_LIMIT));
  // The server trims white space around a name
  await peer.sendFrame("FILE", " ".repeat(CONTROL_LIMIT - 5) + "a.txt");
  assertEquals(textOf(await peer.expect("FDAT")), "a");
});

Deno.test("frame size: the server ignores all bytes behind an oversized frame", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await server.connect();
  const rest = Array.from({ length: 1000 }, () => rawFrame("FILE", "a.txt"));
  await peer.send(header("CHAT", 2n ** 40n));
  await peer.send(...rest).catch(() => {}); // The server may have closed already
  const frames = await peer.readToEnd().catch(() => null); // The connection may be reset
  if (frames !== null) assertEquals(frames.map(({ type }) => type), ["FERR"]);
  peer.close();
  assertEquals(server.eventsOf("download"), []);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("frame size: the server allocates nothing for announced payloads that never arrive", async () => {
  await using server = await startServer({ maxPerAddress: 0 });
  const peers = await Promise.all(Array.from({ length: 200 }, () => server.connect()));
  try {
    const before = Deno.memoryUsage().external;
    for (const peer of peers) await peer.send(header("FDAT", BigInt(DATA_LIMIT)));
    for (const peer of peers) await peer.send("x");
    // The answer on a later connection shows that the server has read all headers
    using last = await server.connect();
    await last.sendFrame("FILE", "missing");
    await last.expect("FERR");
    const grown = Deno.memoryUsage().external - before;
    assert(grown < 40 * 1024 * 1024, `200 headers of 1 MiB took ${grown} bytes`);
  } finally {
    for (const peer of peers) peer.close();
  }
  await assertAllGone(server);
});
