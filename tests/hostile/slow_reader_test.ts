import { assert, assertEquals } from "@std/assert";
import { PATIENCE } from "../helpers/deadline.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { Proxy } from "../helpers/proxy.ts";
import { throttled } from "../helpers/proxy_taps.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn, until } from "../helpers/serves_on.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;

Deno.test("slow reader: the server uses little memory for a large file that the client never reads", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 512 * MIB);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.expect("FDAT");
  const before = Deno.memoryUsage().rss;
  await assertServesOn(server); // Takes time in which the transfer could go on
  const grown = Deno.memoryUsage().rss - before;
  assert(grown < 64 * MIB, `memory grew by ${grown} bytes`);
  assertEquals(server.eventsOf("disconnected").filter(({ client }) => client === 1), []);
  peer.close();
  await assertAllGone(server);
});

Deno.test("slow reader: the server closes a client that reads none of its file for stalledBulkMs", async () => {
  await using server = await startServer({ limits: { stalledBulkMs: 300 } });
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  const { reason } = await server.waitFor("disconnected");
  assertEquals(reason, "slow-consumer");
  assertEquals(server.eventsOf("download"), []);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("slow reader: the server sends the whole file to a client that reads slowly", async () => {
  await using server = await startServer({ limits: { stalledBulkMs: 1_000, stalledMs: 1_000 } });
  writeZeros(server.root.join("big.bin"), 40 * MIB);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  for (let i = 0; i < 24; i++) {
    await peer.readBytes(MIB);
    await new Promise((resolve) => setTimeout(resolve, 100)); // Slow, but within the limit
  }
  await peer.sendFrame("QUIT");
  await peer.ended();
  assertEquals(server.eventsOf("download").length, 1);
  assertEquals((await server.waitFor("disconnected")).reason, "quit");
});

Deno.test("slow reader: the server does not close a client whose system holds more than it takes in the limit", async () => {
  await using server = await startServer({ limits: { stalledBulkMs: 150, stalledMs: 150 } });
  writeZeros(server.root.join("big.bin"), 12 * MIB);
  // The system takes the next bytes only once a third of its buffers is free
  await using proxy = await Proxy.start(server.port, [throttled(2 * MIB)]);
  await using client = await OriginalClient.connect(proxy.port);
  const { verified } = await client.download("big.bin");
  assert(verified);
  assertEquals(server.eventsOf("disconnected"), []);
});

Deno.test("slow reader: the server closes a client at outboundBytes of unread chat; others miss nothing", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  using stalled = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 1);
  await using listener = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  using speaker = await server.connect();
  const before = Deno.memoryUsage().rss;
  let isGone = false;
  const gone = server.waitFor("disconnected").then((event) => {
    isGone = true;
    return event;
  });

  const text = "x".repeat(4000);
  let said = 0;
  while (!isGone && said < 20_000) {
    const frames = Array.from({ length: 50 }, () => rawFrame("CHAT", `${said++} ${text}`));
    await speaker.send(...frames);
    await listener.waitForChat(`[guest-3]: ${said - 1} ${text}`);
  }
  assertEquals(await gone, { event: "disconnected", client: 1, reason: "slow-consumer" });
  assertEquals(listener.shown.map((line) => parseInt(line.slice(11))), [...Array(said).keys()]);
  const grown = Deno.memoryUsage().rss - before - said * 4000 * 2; // The listener keeps the texts
  assert(grown < 128 * MIB, `memory grew by ${grown} bytes`);
  await stalled.ended();
  await assertServesOn(server);
});

Deno.test("slow reader: the server closes a client that reads no chat for stalledMs", async () => {
  const limits = { stalledMs: 300, outboundBytes: 256 * MIB };
  await using server = await startServer({ limits });
  using stalled = await server.connect();
  await server.waitFor("connected");
  await using listener = await OriginalClient.connect(server.port);
  await server.waitFor("connected", ({ client }) => client === 2);
  const text = "x".repeat(4000);
  for (let i = 0; i < 3_000; i++) {
    server.server.announce(`${i} ${text}`);
    if (i % 100 === 0) await listener.waitForChat(`[SERVER]: ${i} ${text}`);
  }
  const gone = await server.waitFor("disconnected");
  assertEquals(gone, { event: "disconnected", client: 1, reason: "slow-consumer" });
  await stalled.ended();
  await assertServesOn(server);
});

Deno.test("slow reader: the server limits the queued chat of a client that never reads its download", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  using stalled = await server.connect();
  await stalled.sendFrame("FILE", "big.bin");
  await stalled.expect("FDAT");
  let sentBytes = 0;
  for (; server.eventsOf("disconnected").length === 0 && sentBytes < 64 * MIB; sentBytes += 4000) {
    server.server.announce("x".repeat(4000));
    if (sentBytes % 100_000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  await until(() => server.eventsOf("disconnected").length > 0, "the client to be closed");
  assertEquals(server.eventsOf("disconnected")[0]!.reason, "slow-consumer");
  assert(sentBytes < 16 * MIB, `the server closed it only after ${sentBytes} bytes`);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("slow reader: the server sends a file fast beside eight clients that never read", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  const peers = await Promise.all(Array.from({ length: 8 }, () => server.connect()));
  try {
    for (const peer of peers) await peer.sendFrame("FILE", "big.bin");
    for (const peer of peers) await peer.expect("FDAT");
    using reader = await server.connect();
    const startedMs = performance.now();
    await reader.sendFrame("FILE", "big.bin");
    await reader.closeWrite();
    await reader.ended();
    const tookMs = performance.now() - startedMs;
    assert(tookMs < 20_000 * PATIENCE, `64 MiB took ${tookMs} ms`);
    assertEquals(server.eventsOf("download").map(({ client }) => client), [9]);
  } finally {
    for (const peer of peers) peer.close();
  }
  await assertAllGone(server);
});
