import { assert, assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;

/** Resolves once the server has answered another client many times. */
async function otherIsServed(server: TestServer): Promise<void> {
  using other = await Protocol2Peer.connect(server.port);
  for (let i = 0; i < 20; i++) await other.assertLives();
  await other.quit();
}

Deno.test("request flood: the server answers 1,000 requests sent ahead in order", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`${i}.bin`, patternedBytes(i * 5000, i)]),
  );
  await using server = await startServer({}, files);
  await using client = await OriginalClient.connect(server.port);
  const asking = client.ask(...Array.from({ length: 1000 }, (_, i) => `${i % 10}.bin`));
  for (let i = 0; i < 1000; i++) {
    const { name, bytes, verified } = await client.receive();
    assert(verified);
    assertEquals([name, bytes.length], [`${i % 10}.bin`, i % 10 * 5000]);
  }
  await asking;
});

Deno.test("request flood: the server reads on behind 64 pending requests, and stops behind 65", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  server.root.write("small.txt", "small");
  await using listener = await OriginalClient.connect(server.port);
  await server.waitFor("connected");
  using asker = await server.connect();
  await asker.sendFrame("FILE", "big.bin");
  await asker.expect("FDAT"); // The peer stops reading here
  await asker.send(...Array.from({ length: 63 }, () => rawFrame("FILE", "small.txt")));
  await asker.sendFrame("CHAT", "64 are asked for");
  await listener.waitForChat("[guest-2]: 64 are asked for");

  await asker.send(rawFrame("FILE", "small.txt"), rawFrame("FILE", "small.txt"));
  await asker.sendFrame("CHAT", "too far ahead");
  await otherIsServed(server);
  server.server.announce("nothing yet?");
  await listener.waitForChat("[SERVER]: nothing yet?");
  assert(!listener.shown.includes("[guest-2]: too far ahead"), "the server read too far ahead");

  for (let i = 0; i < 65; i++) await asker.expect("FHSH");
  assertEquals(textOf(await asker.expect("FDAT")), "small");
  await listener.waitForChat("[guest-2]: too far ahead");
  assertEquals(server.eventsOf("download").length, 66);
});

Deno.test("request flood: the server uses bounded memory for a client that never reads", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.expect("FDAT");
  const before = Deno.memoryUsage().rss;
  const flood = new Uint8Array(64 * 1024);
  const frame = rawFrame("FILE", "x".repeat(52));
  for (let offset = 0; offset < flood.length; offset += 64) flood.set(frame, offset);
  let taken = 0;
  const pushing = (async () => {
    for (;;) taken += await peer.conn.write(flood);
  })().catch(() => {});
  // Once the buffers of the system are full, the server takes no more bytes
  for (let last = -1; taken !== last;) {
    last = taken;
    await otherIsServed(server);
  }
  const grown = Deno.memoryUsage().rss - before;
  assert(grown < 64 * MIB, `memory grew by ${grown} bytes`);
  peer.close();
  await pushing;
  await assertServesOn(server); // Behind the lookups of the requests that were waiting
});

Deno.test("request flood: the server serves three clients in turn with a single worker", async () => {
  await using server = await startServer({ maxWorkers: 1 });
  const content = patternedBytes(32 * MIB);
  server.root.write("big.bin", content);
  const sha256 = sha256Of(content);
  const peers = [await server.connect(), await server.connect(), await server.connect()];
  try {
    const [first, ...others] = peers;
    await first!.sendFrame("FILE", "big.bin");
    await first!.expect("FDAT"); // The peer stops reading, and so holds the only worker
    for (const peer of others) {
      await peer.sendFrame("FILE", "big.bin");
      // FROK and FMTA need no worker
      assertEquals((await peer.readFrame())?.type, "FROK");
      assertEquals((await peer.readFrame())?.type, "FMTA");
    }
    assertEquals(server.server.gauges(0).workersBusy, 1);
    await first!.sendFrame("QUIT");
    await first!.ended();
    for (const peer of others) await peer.sendFrame("QUIT");
    for (const frames of await Promise.all(others.map((peer) => peer.readToEnd()))) {
      assertEquals(frames[0]!.payload.toHex(), sha256);
      const size = frames.slice(1).reduce((sum, { payload }) => sum + payload.length, 0);
      assertEquals(size, content.length);
    }
    assertEquals(server.eventsOf("download").map(({ client }) => client).sort(), [1, 2, 3]);
  } finally {
    for (const peer of peers) peer.close();
  }
});

Deno.test("request flood: the server serves 20 clients at once with two workers", async () => {
  await using server = await startServer({ maxWorkers: 2 });
  server.root.write("file.bin", patternedBytes(3 * MIB));
  await Promise.all(Array.from({ length: 20 }, async () => {
    await using client = await OriginalClient.connect(server.port);
    assert((await client.download("file.bin")).verified);
    await client.quit();
  }));
});
