import { assert, assertEquals } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const MIB = 1024 * 1024;
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const BLOCK_BYTES = 131_072;
/** The limit of an inflated frame. */
const DATA_BYTES = MIB;

/** A zstd frame (RFC 8878) with the header and `blocks` RLE blocks of zeros. */
function blocksOfZeros(header: number[], blocks: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MAGIC.length + header.length + 4 * blocks);
  bytes.set([...MAGIC, ...header]);
  for (let i = 0; i < blocks; i++) {
    const head = (BLOCK_BYTES << 3) | (1 << 1) | Number(i === blocks - 1);
    const at = MAGIC.length + header.length + 4 * i;
    bytes.set([head & 255, (head >> 8) & 255, head >> 16, 0], at);
  }
  return bytes;
}

/** A header without a content size, for a window of 2^(10 + exponent) bytes. */
function windowOf(exponent: number): number[] {
  return [0x00, exponent << 3];
}

/** A header with a content size in 8 bytes, and without a window. */
function sizeOf(size: bigint): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, size, true);
  return [0xe0, ...bytes];
}

const zeros = (bytes: number) => new Uint8Array(zstdCompressSync(new Uint8Array(bytes)));

/** Payloads that inflate beyond the limit, or declare sizes beyond it. */
const BOMBS: Record<string, Uint8Array<ArrayBuffer>> = {
  "of a byte above the limit": zeros(DATA_BYTES + 1),
  "of 1 GiB without a content size": blocksOfZeros(windowOf(11), 8_192),
  "of 30 GiB in a frame of the largest size": blocksOfZeros(windowOf(7), 250_000),
  "with a window of 2 GiB": blocksOfZeros(windowOf(21), 9),
  "with a window of 1 TiB": blocksOfZeros(windowOf(30), 9),
  "with a content size of 1 EiB": blocksOfZeros(sizeOf(2n ** 60n), 9),
  "with a content size of 2^64 - 1": blocksOfZeros(sizeOf(2n ** 64n - 1n), 9),
  "with a content size of 1, and more data": blocksOfZeros(sizeOf(1n), 9),
  "of 1,000 zstd frames of the limit each": concatBytes(
    Array.from({ length: 1_000 }, () => zeros(DATA_BYTES)),
  ),
};

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  Deno.test(`zstd bomb: the server closes the connection of the upload with bad-request, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    using observer = await abused.connectAndLogIn();
    await abused.assertServesOn(); // Starts the workers with their buffers
    const before = Deno.memoryUsage().rss;
    for (const [what, payload] of Object.entries(BOMBS)) {
      for (const size of [1_000, 2 ** 31]) {
        using peer = await abused.connectAndLogIn();
        const id = await peer.ask("FPUT", { path: "bomb.bin", size });
        await peer.expect("REDY");
        await peer.raw.sendFrame("FZST", payload);
        await peer.send("FEND", { id, sha256: sha256Of("") }).catch(() => {});
        assertEquals(await peer.failsAndEnds(), "bad-request", `${what}, ${size} bytes`);
      }
    }
    const grown = Deno.memoryUsage().rss - before;
    assert(grown < 200 * MIB, `memory grew by ${grown} bytes`);
    await observer.assertLives();
    await observer.quit();
    assertEquals(abused.server.root.list(), ["still-here.bin"]);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`zstd bomb: the server does not inflate data without an accepted upload, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    for (const payload of Object.values(BOMBS)) {
      // Data without an upload, and data of a refused upload, which the server drops
      using early = await abused.greet();
      await early.raw.sendFrame("FZST", payload);
      assertEquals(await early.failsAndEnds(), "bad-request");
      using refused = await abused.connectAndLogIn();
      const id = await refused.ask("FPUT", { path: "../bomb.bin", size: 2 ** 31 });
      await refused.raw.sendFrame("FZST", payload);
      await refused.send("FCAN", { id });
      assertEquals(await refused.fail(id), "bad-path");
      await refused.assertLives();
      await refused.quit();
    }
    assertEquals(abused.server.server.gauges(0).workersBusy, 0);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}

Deno.test("zstd bomb: the server uses bounded memory for many bombs at once", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  const before = Deno.memoryUsage().rss;
  const payload = BOMBS["of 30 GiB in a frame of the largest size"]!;
  await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    using peer = await abused.connectAndLogIn();
    await peer.ask("FPUT", { path: `bomb-${i}.bin`, size: 2 ** 28 }); // All of them fit on the disk
    await peer.expect("REDY");
    for (let round = 0; round < 3; round++) {
      // The server closes at the first bomb
      await peer.raw.sendFrame("FZST", payload).catch(() => {});
    }
    await peer.raw.ended();
  }));
  const grown = Deno.memoryUsage().rss - before;
  // Each worker has buffers of its own
  assert(grown < 600 * MIB, `memory grew by ${grown} bytes`);
  await abused.assertServesOn();
  await abused.assertNothingLeft();
  assertEquals(abused.server.root.list(), ["still-here.bin"]);
});

Deno.test("zstd bomb: the server stores no payload that is not exactly one zstd frame", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  const content = patternedBytes(1_000);
  const whole = new Uint8Array(zstdCompressSync(content));
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4);
  const payloads = [
    concatBytes([whole, patternedBytes(10)]),
    concatBytes([whole, zeros(64 * MIB)]),
    whole.subarray(0, whole.length - 1),
    skippable,
    rawFrame("FZST", whole),
    Uint8Array.of(...MAGIC, 0xff, 0xff, 0xff, 0xff, 0xff),
  ];
  for (const payload of payloads) {
    using peer = await abused.connectAndLogIn();
    const id = await peer.ask("FPUT", { path: "a.bin", size: content.length });
    await peer.expect("REDY");
    await peer.raw.sendFrame("FZST", payload);
    // This hash is wrong for every payload
    await peer.send("FEND", { id, sha256: sha256Of("another") }).catch(() => {});
    const { code } = await peer.expect("FAIL");
    assert(code === "bad-request" || code === "integrity", String(code));
    peer.raw.close();
  }
  await abused.assertServesOn();
  await abused.assertNothingLeft();
  assertEquals(abused.server.root.list(), ["still-here.bin"]);
});
