import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ConnectOptions } from "../../lib/client/connect_options.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { request, requestText, startWebServer } from "../helpers/web.ts";

/** What passes at once is at most this: no more than a burst, or a frame, of the rates below. */
const BURST_BYTES = 65_536;
const RATE = 400_000;
const CONTENT = patternedBytes(600_000);
const SHARED = { total: RATE };

/** Runs work that moves the content, and checks that it takes the time that the rate asks for. */
async function assertPaced(work: () => Promise<unknown>, bytes = CONTENT.length): Promise<void> {
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const least = (bytes - BURST_BYTES) / RATE;
  assert(seconds >= least * 0.95, `${seconds} s are too few: at least ${least}`);
}

function protocol2(port: number, options: Partial<ConnectOptions> = {}): Promise<TestClient> {
  return TestClient.connect(port, { protocol: 2, ...options });
}

for (const rateLimits of [{ total: RATE }, { perClient: RATE }]) {
  const name = Object.keys(rateLimits).join();
  Deno.test(`rateLimits: ${name} paces downloads of protocol 2, in small frames`, async () => {
    await using server = await startServer({ rateLimits }, { "a.bin": CONTENT });
    using peer = await Protocol2Peer.connect(server.port);
    await assertPaced(async () => {
      const { bytes, types } = await peer.get("a.bin");
      assertEquals(sha256Of(bytes), sha256Of(CONTENT));
      assertEquals(types.length, Math.ceil(CONTENT.length / (RATE / 8)));
    });
    assert(server.server.gauges(0).pacedSentSeconds > 0.5);
  });

  Deno.test(`rateLimits: ${name} paces downloads of protocol 1`, async () => {
    await using server = await startServer({ rateLimits }, { "a.bin": CONTENT });
    using folder = new TempDir();
    await using client = await TestClient.connect(server.port);
    const options = { directory: folder.path, name: "a.bin" };
    await assertPaced(() => client.client.download("a.bin", options));
  });

  Deno.test(`rateLimits: ${name} paces uploads`, async () => {
    await using server = await startServer({ rateLimits, uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    await assertPaced(() => peer.put("a.bin", CONTENT));
    assertEquals(sha256Of(Deno.readFileSync(server.root.join("a.bin"))), sha256Of(CONTENT));
    assert(server.server.gauges(0).pacedReceivedSeconds > 0.5);
  });

  Deno.test(`rateLimits: ${name} paces downloads by HTTP, and not the page`, async () => {
    await using server = await startWebServer({ rateLimits }, { "a.bin": CONTENT });
    const get = (path: string) => request(server.port, requestText(`GET ${path}`));
    await get("/app.js");
    assertEquals(server.server.gauges(0).pacedSentSeconds, 0);
    await assertPaced(async () => {
      const answers = await Promise.all([get("/files/a.bin"), get("/files/a.bin")]);
      for (const { body } of answers) assertEquals(sha256Of(body), sha256Of(CONTENT));
    }, 2 * CONTENT.length);
  });

  Deno.test(`rateLimits: ${name} paces small files`, async () => {
    const names = Array.from({ length: 60 }, (_, i) => `${i}.bin`);
    const files = Object.fromEntries(names.map((name) => [name, patternedBytes(10_000)]));
    await using server = await startServer({ rateLimits }, files);
    using folder = new TempDir();
    await using client = await protocol2(server.port);
    await assertPaced(() =>
      Promise.all(
        names.map((name) => client.client.download(name, { directory: folder.path, name })),
      )
    );
  });
}

Deno.test("rateLimits: a client with 8 connections gets as much as one with a single one", async () => {
  await using server = await startServer({ rateLimits: SHARED }, {
    "a.bin": patternedBytes(4_000_000),
  });
  using folder = new TempDir();
  await using many = await protocol2(server.port, { connections: 8 });
  await using one = await protocol2(server.port, { connections: 1 });
  const stop = new AbortController();
  const started = Promise.withResolvers<void>();
  const received = new Map<string, number>();
  const sumOfMany = () =>
    [...received].filter(([name]) => name !== "one").reduce((sum, [, bytes]) => sum + bytes, 0);
  const download = ({ client }: TestClient, name: string, onBytes: (bytes: number) => void) => {
    const onProgress = (bytes: number) => {
      received.set(name, bytes);
      onBytes(bytes);
    };
    const options = { directory: folder.path, name, signal: stop.signal, onProgress };
    return client.download("a.bin", options).catch(() => {});
  };
  const names = Array.from({ length: 8 }, (_, i) => `many ${i}`);
  const running = names.map((name) => download(many, name, () => started.resolve()));
  await started.promise;
  const begun = Promise.withResolvers<number>();
  const half = Promise.withResolvers<void>();
  running.push(download(one, "one", (bytes) => {
    begun.resolve(bytes);
    if (bytes >= 600_000) half.resolve();
  }));
  const ofOne = await begun.promise;
  const before = sumOfMany();
  await half.promise;
  const ofMany = sumOfMany() - before;
  stop.abort();
  await Promise.all(running);
  const share = ofMany / (600_000 - ofOne);
  assert(share > 0.7 && share < 1.4, `${share} times as much`);
});

Deno.test("rateLimits: are changed while a download runs", async () => {
  await using server = await startServer({ rateLimits: { total: 16_384 } }, {
    "a.bin": patternedBytes(3_000_000),
  });
  using folder = new TempDir();
  await using client = await protocol2(server.port);
  const begun = Promise.withResolvers<void>();
  const options = { directory: folder.path, name: "a.bin", onProgress: () => begun.resolve() };
  const done = client.client.download("a.bin", options);
  await begun.promise;
  const startedMs = performance.now();
  server.server.rateLimits = {};
  await done;
  assert(
    performance.now() - startedMs < 10_000 * PATIENCE,
    "without a limit it takes no 3 minutes",
  );
});

Deno.test("rateLimits: chat passes by the data, both ways", async () => {
  await using server = await startServer({ rateLimits: SHARED, uploads: true }, {
    "a.bin": patternedBytes(1 << 20),
  });
  using folder = new TempDir();
  folder.write("b.bin", patternedBytes(1 << 20));
  await using client = await protocol2(server.port);
  const stop = new AbortController();
  const { signal } = stop;
  const begun = Promise.withResolvers<void>();
  const onProgress = () => begun.resolve();
  const moves = [
    client.client.download("a.bin", { directory: folder.path, name: "a.bin", signal, onProgress }),
    client.client.upload(folder.join("b.bin"), { path: "b.bin", signal }),
  ];
  await begun.promise;
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    const startedMs = performance.now();
    await client.client.chat.say(`${i}`);
    times.push(performance.now() - startedMs);
  }
  stop.abort();
  await Promise.allSettled(moves);
  const median = times.toSorted((a, b) => a - b)[5]!;
  assert(median <= 50 * PATIENCE, `${times.map(Math.round)} ms`);
});

Deno.test("rateLimits: a client that is kicked waits for no rate", async () => {
  await using server = await startServer({ rateLimits: { total: 16_384 } }, {
    "a.bin": patternedBytes(3_000_000),
  });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FGET", { path: "a.bin" });
  await peer.expect("FMET");
  server.server.kick("1", "bye");
  await peer.readToEnd();
  await server.waitFor("disconnected");
});

Deno.test("rateLimits: takes 16 KiB a second, and no less", async () => {
  await using server = await startServer();
  assertEquals(server.server.rateLimits, {});
  server.server.rateLimits = { total: 16_384, perClient: 16_385 };
  for (const wrong of [16_383, 0, -1, NaN]) {
    assertThrows(() => server.server.rateLimits = { total: wrong }, RangeError);
    assertThrows(() => server.server.rateLimits = { perClient: wrong }, RangeError);
  }
  assertEquals(server.server.rateLimits, { total: 16_384, perClient: 16_385 });
});
