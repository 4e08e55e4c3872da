import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type Frame, FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource, cutAt } from "../helpers/byte_source.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { framesOf, mergeData, parseSlowly, plain, plainFrame, readAll } from "../helpers/frames.ts";
import { assertRequiresPace, PacedReader } from "../helpers/paced_reader.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

/** A reader for a peer that speaks protocol 2. */
function readerOf(...chunks: Uint8Array[]): FrameReader {
  const reader = new FrameReader(ByteSource.of(chunks).stream);
  reader.allowZstd();
  return reader;
}

async function framesIn(reader: FrameReader): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    frames.push(frame);
  }
  return frames;
}

Deno.test("FrameReader: reads FZST as an unknown control frame before allowZstd", async () => {
  const reader = new FrameReader(ByteSource.of([framesOf(["FZST", "x"])]).stream);
  const frame = await reader.read();
  assertEquals(frame?.kind, "control");
  assertEquals(plain(frame!), plainFrame("FZST", "x"));
});

Deno.test("FrameReader: limits FZST like a control frame before allowZstd", async () => {
  const size = LIMITS.controlBytes;
  const payload = patternedBytes(size);
  const [frame] = await readAll(
    new FrameReader(ByteSource.of([rawFrame("FZST", payload)]).stream),
  );
  assert(frame?.hex === payload.toHex());
  const reader = new FrameReader(ByteSource.of([rawFrame("FZST", "", BigInt(size + 1))]).stream);
  assertEquals((await assertRejects(() => reader.read(), ProtocolError)).code, "too-large");
});

Deno.test("FrameReader.allowZstd: limits FZST like data, and accepts no byte more", async () => {
  for (const size of [LIMITS.controlBytes + 1, LIMITS.dataBytes - 1, LIMITS.dataBytes]) {
    const payload = patternedBytes(size);
    const [frame, ...more] = await framesIn(readerOf(rawFrame("FZST", payload)));
    assert(frame?.kind === "zstd" && frame.payload.toHex() === payload.toHex());
    assertEquals(more, []);
  }
  for (const size of [BigInt(LIMITS.dataBytes + 1), 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    const source = ByteSource.of([rawFrame("FZST", "", size)], false);
    const reader = new FrameReader(source.stream);
    reader.allowZstd();
    assertEquals((await assertRejects(() => reader.read(), ProtocolError)).code, "too-large");
    assertEquals(source.asked.length, 1); // Nothing was read beyond the header
  }
});

Deno.test("FrameReader.allowZstd: changes nothing for other frames", async () => {
  const reader = readerOf(rawFrame("CHAT", "", BigInt(LIMITS.controlBytes + 1)));
  assertEquals((await assertRejects(() => reader.read(), ProtocolError)).code, "too-large");
  for (const type of ["fzst", "FZS\u0000", "TSZF"]) {
    assertEquals((await readerOf(framesOf([type, "x"])).read())?.kind, "control");
  }
});

Deno.test("FrameReader.allowZstd: applies to the next frame, even in the same read", async () => {
  const reader = new FrameReader(ByteSource.of([framesOf(["HELO"], ["FZST", "x"])]).stream);
  assertEquals((await reader.read())?.kind, "control");
  reader.allowZstd();
  assertEquals((await reader.read())?.kind, "zstd");
});

Deno.test("FrameReader: returns FZST frames singly, in order with data and control frames", async () => {
  const bytes = framesOf(
    ["FDAT", "ab"],
    ["FZST", "c"],
    ["FDAT", "d"],
    ["FDAT", "e"],
    ["FZST", "f"],
    ["FZST", "g"],
    ["FZST"],
    ["CHAT", "hi"],
    ["FZST", "h"],
    ["FDAT", "i"],
  );
  const expected = [
    plainFrame("FDAT", "ab"),
    plainFrame("FZST", "c"),
    plainFrame("FDAT", "de"),
    plainFrame("FZST", "f"),
    plainFrame("FZST", "g"),
    plainFrame("FZST"),
    plainFrame("CHAT", "hi"),
    plainFrame("FZST", "h"),
    plainFrame("FDAT", "i"),
  ];
  assertEquals((await framesIn(readerOf(bytes))).map(plain), expected);
});

Deno.test("FrameReader: returns FZST frames whole, however the stream is split", async () => {
  const bytes = framesOf(["FDAT", "ab"], ["FZST", "cde"], ["QUIT"], ["FZST", "f"], ["FDAT", "g"]);
  const { frames } = parseSlowly(bytes);
  for (let first = 0; first <= bytes.length; first++) {
    for (const second of [first, Math.min(first + 1, bytes.length), bytes.length]) {
      const read = await framesIn(readerOf(...cutAt(bytes, [first, second])));
      assertEquals(mergeData(read.map(plain)), frames);
      assertEquals(read.filter(({ kind }) => kind === "zstd").length, 2);
    }
  }
});

Deno.test("FrameReader: throws truncated for a cut at any byte inside FZST", async () => {
  const bytes = framesOf(["FZST", "abc"], ["FZST", "d"]);
  const ends = [0, 15, 28];
  for (let length = 0; length <= bytes.length; length++) {
    const reading = framesIn(readerOf(bytes.slice(0, length)));
    if (ends.includes(length)) {
      assertEquals((await reading).length, ends.indexOf(length));
    } else {
      assertEquals((await assertRejects(() => reading, ProtocolError)).code, "truncated");
    }
  }
});

Deno.test("FrameReader: allocates for received FZST bytes, not for the size in the header", async () => {
  const header = rawFrame("FZST", "x", BigInt(LIMITS.dataBytes));
  const before = Deno.memoryUsage();
  const readers = Array.from({ length: 100 }, () => {
    const reader = new FrameReader(ByteSource.of([header], false).stream);
    reader.allowZstd();
    return { reader, pending: reader.read() };
  });
  await flushTasks(); // The headers are read
  const after = Deno.memoryUsage();
  const grown = after.external + after.heapTotal - before.external - before.heapTotal;
  assert(grown < 0.2 * 100 * LIMITS.dataBytes, `${grown} bytes for 100 headers`);
  for (const { reader, pending } of readers) {
    await reader.cancel();
    await pending.catch(() => {});
  }
});

const PACE = { controlFrameMs: 50, dataWindowMs: 100, dataWindowBytes: 1_000 };

const LARGE = rawFrame("FZST", "", 100_000n);

Deno.test("FrameReader.isOverdue: requires the pace of data inside FZST", async () => {
  await using fixture = new PacedReader(PACE);
  fixture.reader.allowZstd();
  await fixture.after(0, LARGE);
  await assertRequiresPace(fixture);
});

Deno.test("FrameReader.isOverdue: times the header of FZST like control, then counts from its end", async () => {
  await using fixture = new PacedReader(PACE);
  fixture.reader.allowZstd();
  await fixture.after(0, LARGE.subarray(0, 5));
  assertFalse(fixture.overdueAfter(50));
  assert(fixture.overdueAfter(51));
  await fixture.after(49, LARGE.subarray(5));
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});

Deno.test("FrameReader.isOverdue: times FZST like a control frame before allowZstd", async () => {
  await using fixture = new PacedReader(PACE);
  await fixture.after(0, rawFrame("FZST", "x", 60_000n));
  await fixture.after(30, "x".repeat(2_000));
  assertFalse(fixture.overdueAfter(20));
  assert(fixture.overdueAfter(21));
});

Deno.test("FrameReader.isOverdue: accepts FZST at the minimum pace, and pauses between frames", async () => {
  await using fixture = new PacedReader(PACE);
  fixture.reader.allowZstd();
  await fixture.after(0, LARGE);
  for (let sent = 0; sent < 100_000; sent += 1_000) {
    assertFalse(fixture.overdueAfter(100));
    await fixture.after(100, "x".repeat(1_000));
  }
  assertFalse(fixture.overdueAfter(1e9));
  await fixture.after(1e6, concatBytes([rawFrame("FZST", "whole"), LARGE]));
  assertFalse(fixture.overdueAfter(100));
  assert(fixture.overdueAfter(101));
});
