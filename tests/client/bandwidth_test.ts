import { assert, assertEquals, assertThrows } from "@std/assert";
import { Bandwidth } from "../../lib/stream/bandwidth.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const RATE = 400_000;
const BURST_BYTES = 100_000;
const CONTENT = patternedBytes(600_000);

/** Runs work that moves the content, and checks that it takes the time that the rate asks for. */
async function assertPaced(work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const least = (CONTENT.length - BURST_BYTES) / RATE;
  assert(seconds >= least * 0.95, `${seconds} s are too few: at least ${least}`);
}

for (const protocol of [1, 2] as const) {
  Deno.test(`bandwidth: paces a download of protocol ${protocol}, and tells its progress evenly`, async () => {
    await using server = await startServer({}, { "a.bin": CONTENT });
    using folder = new TempDir();
    const bandwidth = new Bandwidth({ total: RATE });
    await using client = await TestClient.connect(server.port, { protocol, bandwidth });
    const told: number[] = [];
    const onProgress = (bytes: number) => void told.push(bytes);
    const options = { directory: folder.path, name: "a.bin", onProgress };
    await assertPaced(() => client.client.download("a.bin", options));
    assertEquals(sha256Of(Deno.readFileSync(folder.join("a.bin"))), sha256Of(CONTENT));
    if (protocol === 2) assert(told.length >= 8, `${told}`);
  });
}

Deno.test("bandwidth: paces an upload, in frames of an eighth of a second", async () => {
  await using server = await startServer({ uploads: true });
  using folder = new TempDir();
  const path = folder.write("a.bin", CONTENT);
  await using client = await TestClient.connect(server.port, {
    protocol: 2,
    bandwidth: new Bandwidth({ total: RATE }),
  });
  const told: number[] = [];
  const onProgress = (bytes: number) => void told.push(bytes);
  await assertPaced(() => client.client.upload(path, { path: "a.bin", onProgress }));
  assertEquals(sha256Of(Deno.readFileSync(server.root.join("a.bin"))), sha256Of(CONTENT));
  assert(told.length >= 8, `${told}`);
  await assertPaced(() => client.client.upload(CONTENT, { path: "b.bin" }));
});

Deno.test("bandwidth: all connections of clients that share it have one rate", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  using folder = new TempDir();
  const options = { protocol: 2, bandwidth: new Bandwidth({ total: 2 * RATE }) } as const;
  await using one = await TestClient.connect(server.port, options);
  await using other = await TestClient.connect(server.port, options);
  const get = ({ client }: TestClient, name: string) =>
    client.download("a.bin", { directory: folder.path, name });
  await assertPaced(() => Promise.all([get(one, "1"), get(other, "2")]));
});

Deno.test("bandwidth: does not pace listings and chat", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 900 }, (_, i) => [`${i} ${"x".repeat(80)}`, ""]),
  );
  await using server = await startServer({}, files);
  const bandwidth = new Bandwidth({ total: 16_384 });
  await using client = await TestClient.connect(server.port, { protocol: 2, bandwidth });
  const entries = await Array.fromAsync(client.client.list(""));
  assertEquals(entries.length, 900);
  assertEquals([bandwidth.sent.waitedMs, bandwidth.received.waitedMs], [0, 0]);
});

Deno.test("Bandwidth: refuses a rate below 16 KiB a second", () => {
  assertThrows(() => new Bandwidth({ total: 16_383 }), RangeError);
  assertEquals(new Bandwidth({ total: 16_384 }).limits, { total: 16_384 });
});
