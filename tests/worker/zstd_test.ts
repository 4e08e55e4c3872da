import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { ChunkCompressor, inflateChunk } from "../../lib/worker/zstd.ts";
import { patternedBytes } from "../helpers/bytes.ts";

const ZEROS = new Uint8Array(100_000);
/** Incompressible. */
const NOISE = crypto.getRandomValues(new Uint8Array(50_000));

function assertRefused(payload: Uint8Array): void {
  const error = assertThrows(() => inflateChunk(payload), ProtocolError, "Cannot inflate FZST");
  assertEquals(error.code, "bad-frame");
  assert(error.cause instanceof Error);
}

Deno.test("ChunkCompressor: compresses a chunk that becomes smaller into one zstd frame", () => {
  const compressor = new ChunkCompressor();
  for (const chunk of [ZEROS, new TextEncoder().encode("olá ".repeat(1_000)), ZEROS]) {
    const compressed = compressor.compress(chunk)!;
    assert(compressed.length < chunk.length);
    assertEquals(new Uint8Array(zstdDecompressSync(compressed)), chunk);
    assertEquals(inflateChunk(compressed), chunk);
  }
});

Deno.test("ChunkCompressor: returns null for a chunk that does not become smaller", () => {
  for (const chunk of [NOISE, new Uint8Array(0), new Uint8Array([1]), NOISE.subarray(0, 100)]) {
    assertEquals(new ChunkCompressor().compress(chunk), null);
  }
});

Deno.test("ChunkCompressor: skips eight chunks after one that does not become smaller", () => {
  const compressor = new ChunkCompressor();
  assert(compressor.compress(ZEROS) !== null);
  for (let round = 0; round < 3; round++) {
    assertEquals(compressor.compress(NOISE), null);
    for (let i = 0; i < 8; i++) assertEquals(compressor.compress(ZEROS), null);
  }
  for (let i = 0; i < 3; i++) assert(compressor.compress(ZEROS) !== null);
});

Deno.test("inflateChunk: restores every compressed chunk", () => {
  const chunk = fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 1, max: 500 })).map(
    ([bytes, times]) => {
      const chunk = new Uint8Array(bytes.length * times);
      for (let i = 0; i < times; i++) chunk.set(bytes, i * bytes.length);
      return chunk;
    },
  );
  let compressed = 0;
  fc.assert(fc.property(chunk, (chunk) => {
    const frame = new ChunkCompressor().compress(chunk);
    if (frame === null) return;
    compressed++;
    assertEquals(inflateChunk(frame), chunk);
  }));
  assert(compressed > 20, `only ${compressed} chunks became smaller`);
});

Deno.test("inflateChunk: accepts the size limit of a data frame, and not a byte more", () => {
  for (const size of [LIMITS.dataBytes - 1, LIMITS.dataBytes]) {
    for (const content of [new Uint8Array(size), patternedBytes(size)]) {
      const inflated = inflateChunk(zstdCompressSync(content));
      assert(inflated.toHex() === content.toHex());
    }
  }
  for (const size of [LIMITS.dataBytes + 1, 2 * LIMITS.dataBytes]) {
    assertRefused(zstdCompressSync(new Uint8Array(size)));
    assertRefused(zstdCompressSync(patternedBytes(size)));
  }
});

Deno.test("inflateChunk: refuses a zstd bomb without allocating its size", () => {
  const bomb = zstdCompressSync(new Uint8Array(256 * 1024 * 1024), {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
  });
  assert(bomb.length < LIMITS.dataBytes);
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 3; i++) assertRefused(bomb);
  const grown = Deno.memoryUsage().rss - before;
  assert(grown < 64 * 1024 * 1024, `${grown} bytes`);
});

Deno.test("inflateChunk: limits the sum of several frames in a payload", () => {
  const frame = zstdCompressSync(new Uint8Array(LIMITS.dataBytes));
  const payload = new Uint8Array(3 * frame.length);
  for (let i = 0; i < 3; i++) payload.set(frame, i * frame.length);
  try {
    assertEquals(inflateChunk(payload).length, LIMITS.dataBytes);
  } catch (error) {
    assert(error instanceof ProtocolError);
  }
});

Deno.test("inflateChunk: refuses data that is not zstd", () => {
  assertRefused(new Uint8Array(100));
  assertRefused(NOISE.slice(0, 100));
  assertRefused(new TextEncoder().encode("not zstd at all"));
  const otherMagic = new Uint8Array(zstdCompressSync(ZEROS));
  otherMagic[0]! ^= 1;
  assertRefused(otherMagic);
});

Deno.test("inflateChunk: refuses a truncated frame, or returns a prefix that the file's hash reveals", () => {
  const content = patternedBytes(1_000);
  const frame = new Uint8Array(zstdCompressSync(content));
  for (let length = 0; length < frame.length; length += 13) {
    let inflated: Uint8Array;
    try {
      inflated = inflateChunk(frame.slice(0, length));
    } catch (error) {
      assert(error instanceof ProtocolError && error.code === "bad-frame");
      continue;
    }
    assert(inflated.length < content.length);
    assertEquals(inflated, content.subarray(0, inflated.length));
  }
});

Deno.test("inflateChunk: stays within the limit or refuses, for any payload", () => {
  const frame = new Uint8Array(zstdCompressSync(new TextEncoder().encode("hello ".repeat(99))));
  const damaged = fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([at, byte]) => {
    const copy = frame.slice();
    copy[at] = byte;
    return copy;
  });
  const magic = fc.uint8Array({ maxLength: 60 }).map((bytes) =>
    new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, ...bytes])
  );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), damaged, magic), (payload) => {
      try {
        assert(inflateChunk(payload).length <= LIMITS.dataBytes);
      } catch (error) {
        assert(error instanceof ProtocolError && error.code === "bad-frame", String(error));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("inflateChunk: returns a buffer of its own", () => {
  const frame = new ChunkCompressor().compress(ZEROS)!;
  const first = inflateChunk(frame);
  assertEquals(first.buffer.byteLength, ZEROS.length);
  assertNotStrictEquals(inflateChunk(frame).buffer, first.buffer);
});
