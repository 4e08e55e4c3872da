import { assert, assertEquals } from "@std/assert";
import { PATIENCE } from "../helpers/deadline.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { assertAllGone, assertServesOn, until } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;

Deno.test("a client that asks for a big file and never reads costs little memory", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 512 * MIB);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  await peer.expect("FDAT");
  const before = Deno.memoryUsage().rss;
  await assertServesOn(server); // It takes its time, in which the transfer goes on, or not
  const grown = Deno.memoryUsage().rss - before;
  assert(grown < 64 * MIB, `memory grew by ${grown} bytes`);
  assertEquals(server.eventsOf("disconnected").filter(({ client }) => client === 1), []);
  peer.close();
  await assertAllGone(server);
});

Deno.test("a client that never reads its file is dropped after the time limit", async () => {
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

Deno.test("a slow client that goes on reading gets its whole file", async () => {
  await using server = await startServer({ limits: { stalledBulkMs: 1_000, stalledMs: 1_000 } });
  writeZeros(server.root.join("big.bin"), 40 * MIB);
  using peer = await server.connect();
  await peer.sendFrame("FILE", "big.bin");
  for (let i = 0; i < 24; i++) {
    await peer.readBytes(MIB);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await peer.sendFrame("QUIT");
  await peer.ended();
  assertEquals(server.eventsOf("download").length, 1);
  assertEquals((await server.waitFor("disconnected")).reason, "quit");
});

Deno.test("a client that never reads chat is dropped at the byte limit, others hear all", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  using deaf = await server.connect();
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
  const grown = Deno.memoryUsage().rss - before - said * 4000 * 2; // The listener keeps them
  assert(grown < 128 * MIB, `memory grew by ${grown} bytes`);
  await deaf.ended();
  await assertServesOn(server);
});

Deno.test("a client that never reads chat is dropped after the time limit", async () => {
  const limits = { stalledMs: 300, outboundBytes: 256 * MIB };
  await using server = await startServer({ limits });
  using deaf = await server.connect();
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
  await deaf.ended();
  await assertServesOn(server);
});

Deno.test("chat for a client that downloads and never reads is bounded too", async () => {
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  using deaf = await server.connect();
  await deaf.sendFrame("FILE", "big.bin");
  await deaf.expect("FDAT");
  let sentBytes = 0;
  for (; server.eventsOf("disconnected").length === 0 && sentBytes < 64 * MIB; sentBytes += 4000) {
    server.server.announce("x".repeat(4000));
    if (sentBytes % 100_000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  await until(() => server.eventsOf("disconnected").length > 0, "the client to be dropped");
  assertEquals(server.eventsOf("disconnected")[0]!.reason, "slow-consumer");
  assert(sentBytes < 16 * MIB, `it was dropped only after ${sentBytes} bytes`);
  await assertServesOn(server);
  await assertAllGone(server);
});

Deno.test("clients that never read do not slow down one that does", async () => {
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
