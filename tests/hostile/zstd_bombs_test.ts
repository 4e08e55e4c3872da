import { assert, assertEquals } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const MIB = 1024 * 1024;
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const BLOCK_BYTES = 131_072;
/** What one frame may inflate to. */
const DATA_BYTES = MIB;

/** A zstd frame (RFC 8878) of blocks of one byte again and again, behind a header. */
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

/** A header without a size, for a window of 2^(10 + exponent) bytes. */
function windowOf(exponent: number): number[] {
  return [0x00, exponent << 3];
}

/** A header that tells a size of 8 bytes, and needs no window. */
function sizeOf(size: bigint): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, size, true);
  return [0xe0, ...bytes];
}

const zeros = (bytes: number) => new Uint8Array(zstdCompressSync(new Uint8Array(bytes)));

/** Payloads that inflate to more than they may, or would have more memory taken than they may. */
const BOMBS: Record<string, Uint8Array<ArrayBuffer>> = {
  "of one byte too many": zeros(DATA_BYTES + 1),
  "of a gibibyte that does not tell its size": blocksOfZeros(windowOf(11), 8_192),
  "of 30 GiB, as large as a frame may be": blocksOfZeros(windowOf(7), 250_000),
  "with a window of 2 GiB": blocksOfZeros(windowOf(21), 9),
  "with a window of 1 TiB": blocksOfZeros(windowOf(30), 9),
  "that tells a size of an exbibyte": blocksOfZeros(sizeOf(2n ** 60n), 9),
  "that tells a size of 2^64 - 1": blocksOfZeros(sizeOf(2n ** 64n - 1n), 9),
  "that tells the least size, and holds more": blocksOfZeros(sizeOf(1n), 9),
  "of many frames, each as large as it may be": concatBytes(
    Array.from({ length: 1_000 }, () => zeros(DATA_BYTES)),
  ),
};

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  Deno.test(`zstd bombs in uploads end their connections, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    using witness = await abused.connectAndLogIn();
    await abused.assertServesOn(); // Its workers and their buffers are there
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
    await witness.assertLives();
    await witness.quit();
    assertEquals(abused.server.root.list(), [".tcp-chat", "still-here.bin"]);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`zstd bombs that nobody waits for are not inflated, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    for (const payload of Object.values(BOMBS)) {
      // No upload at all, and one that was refused: what comes for that is dropped
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

Deno.test("many bombs at once cost as little as one", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  const before = Deno.memoryUsage().rss;
  const payload = BOMBS["of 30 GiB, as large as a frame may be"]!;
  await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    using peer = await abused.connectAndLogIn();
    await peer.ask("FPUT", { path: `bomb-${i}.bin`, size: 2 ** 31 });
    await peer.expect("REDY");
    for (let round = 0; round < 3; round++) {
      await peer.raw.sendFrame("FZST", payload).catch(() => {}); // The first one is enough
    }
    await peer.raw.ended();
  }));
  const grown = Deno.memoryUsage().rss - before;
  // Each worker has buffers of its own
  assert(grown < 600 * MIB, `memory grew by ${grown} bytes`);
  await abused.assertServesOn();
  await abused.assertNothingLeft();
  assertEquals(abused.server.root.list(), [".tcp-chat", "still-here.bin"]);
});

Deno.test("what is not one whole zstd frame is never part of a file", async () => {
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
    // Wrong in any case: what is said to be there is not what came
    await peer.send("FEND", { id, sha256: sha256Of("another") }).catch(() => {});
    const { code } = await peer.expect("FAIL");
    assert(code === "bad-request" || code === "integrity", String(code));
    peer.raw.close();
  }
  await abused.assertServesOn();
  await abused.assertNothingLeft();
  assertEquals(abused.server.root.list(), [".tcp-chat", "still-here.bin"]);
});
