import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type Frame, FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource, cutAt } from "../helpers/byte_source.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import {
  framesOf,
  mergeData,
  parseSlowly,
  plain,
  type PlainFrame,
  plainFrame,
  readAll,
} from "../helpers/frames.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

function readerOf(...chunks: Uint8Array[]): FrameReader {
  return new FrameReader(ByteSource.of(chunks).stream);
}

Deno.test("FrameReader: reads frames in order, including empty ones and unknown types", async () => {
  const bytes = framesOf(["QUIT"], ["CHAT", "olá"], ["????", "x"], ["\u00ff\u0000ab"], ["FROK"]);
  assertEquals(await readAll(readerOf(bytes)), [
    plainFrame("QUIT"),
    plainFrame("CHAT", "olá"),
    plainFrame("????", "x"),
    plainFrame("\u00ff\u0000ab"),
    plainFrame("FROK"),
  ]);
});

Deno.test("FrameReader: returns null for an empty stream", async () => {
  assertEquals(await readerOf().read(), null);
});

Deno.test("FrameReader: joins adjacent data frames into a chunk, between control frames", async () => {
  const bytes = framesOf(
    ["FDAT", "ab"],
    ["FDAT", "cde"],
    ["FDAT"],
    ["CHAT", "hi"],
    ["FDAT", "f"],
    ["FDAT", "g"],
  );
  const frames = await readAll(readerOf(bytes));
  assertEquals(frames, [
    plainFrame("FDAT", "abcde"),
    plainFrame("CHAT", "hi"),
    plainFrame("FDAT", "fg"),
  ]);
});

Deno.test("FrameReader: hands data on before its frame is whole", async () => {
  const source = ByteSource.of([rawFrame("FDAT", "abc", 5n)], false);
  const reader = new FrameReader(source.stream);
  assertEquals(plain((await reader.read())!), plainFrame("FDAT", "abc"));
  source.push(new TextEncoder().encode("de"));
  assertEquals(plain((await reader.read())!), plainFrame("FDAT", "de"));
  source.end();
  assertEquals(await reader.read(), null);
});

Deno.test("FrameReader: returns payloads that later reads leave unchanged", async () => {
  const bytes = framesOf(["CHAT", "first"], ["FDAT", "data"], ["CHAT", "second"], ["FDAT", "more"]);
  const reader = readerOf(...cutAt(bytes, [20, 40]));
  const frames: Frame[] = [];
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    frames.push(frame);
  }
  assertEquals(mergeData(frames.map(plain)), parseSlowly(bytes).frames);
});

Deno.test("FrameReader: works on after its buffers are transferred away", async () => {
  const bytes = framesOf(["FDAT", "data"], ["CHAT", "hi"], ["FDAT", "more"], ["CHAT", "ho"]);
  const reader = readerOf(bytes);
  const frames: PlainFrame[] = [];
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    frames.push(plain(frame));
    (frame.kind === "data" ? frame.bytes : frame.payload).buffer.transfer();
  }
  assertEquals(frames, parseSlowly(bytes).frames);
});

Deno.test("FrameReader: accepts sizes up to the limit of their type, and no byte more", async () => {
  for (
    const [type, limit] of [["CHAT", LIMITS.controlBytes], ["FDAT", LIMITS.dataBytes]] as const
  ) {
    for (const size of [limit - 1, limit]) {
      const payload = patternedBytes(size);
      const frames = mergeData(await readAll(readerOf(rawFrame(type, payload))));
      assert(frames.length === 1 && frames[0]!.hex === payload.toHex(), `${type} ${size}`);
    }
    const error = await assertRejects(
      () => readerOf(rawFrame(type, "", BigInt(limit + 1))).read(),
      ProtocolError,
      `${limit + 1} bytes`,
    );
    assertEquals(error.code, "too-large");
  }
});

Deno.test("FrameReader: refuses sizes that look small when truncated to fewer bits", async () => {
  const sizes = [2n ** 31n, 2n ** 32n, 2n ** 32n + 4n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
  for (const size of sizes) {
    for (const type of ["CHAT", "FDAT"]) {
      const source = ByteSource.of([rawFrame(type, "", size)], false);
      const error = await assertRejects(() => new FrameReader(source.stream).read(), ProtocolError);
      assertEquals(error.code, "too-large");
      assertEquals(source.asked.length, 1); // Nothing was read beyond the header
    }
  }
});

Deno.test("FrameReader: refuses a size too large behind valid frames", async () => {
  const reader = readerOf(framesOf(["CHAT", "a"]), rawFrame("FILE", "", 65_537n));
  assertEquals(plain((await reader.read())!), plainFrame("CHAT", "a"));
  assertEquals((await assertRejects(() => reader.read(), ProtocolError)).code, "too-large");
});

Deno.test("FrameReader: allocates for received bytes, not for the size in the header", async () => {
  const header = rawFrame("CHAT", "x", BigInt(LIMITS.controlBytes));
  const before = Deno.memoryUsage();
  const readers = Array.from({ length: 1_000 }, () => {
    const reader = new FrameReader(ByteSource.of([header], false).stream);
    return { reader, pending: reader.read() };
  });
  await flushTasks(); // The headers are read
  const after = Deno.memoryUsage();
  const grown = after.external + after.heapTotal - before.external - before.heapTotal;
  assert(grown < 0.5 * 1_000 * LIMITS.controlBytes, `${grown} bytes for 1000 headers`);
  for (const { reader, pending } of readers) {
    await reader.cancel();
    await pending.catch(() => {});
  }
});

Deno.test("FrameReader: distinguishes a cut at any byte from an end between frames", async () => {
  const bytes = framesOf(["CHAT", "ab"], ["FDAT", "cde"], ["QUIT"], ["FDAT", "f"]);
  for (let length = 0; length <= bytes.length; length++) {
    const expected = parseSlowly(bytes.subarray(0, length));
    const frames: ReturnType<typeof plain>[] = [];
    const reading = readAll(readerOf(bytes.slice(0, length)), frames);
    if (expected.leftBytes === 0) {
      assertEquals(mergeData(await reading), expected.frames);
    } else {
      assertEquals((await assertRejects(() => reading, ProtocolError)).code, "truncated");
      const control = frames.filter(({ type }) => type !== "FDAT");
      assertEquals(control, expected.frames.filter(({ type }) => type !== "FDAT"));
    }
  }
});

Deno.test("FrameReader: rethrows errors of its source", async () => {
  const source = new ByteSource();
  const reader = new FrameReader(source.stream);
  const reading = reader.read();
  source.fail(new Deno.errors.ConnectionReset("reset"));
  await assertRejects(() => reading, Deno.errors.ConnectionReset);
});

Deno.test("FrameReader.cancel: ends a pending read", async () => {
  const source = new ByteSource();
  const reader = new FrameReader(source.stream);
  const reading = reader.read();
  await reader.cancel();
  assertEquals(await reading, null);
  await reader.cancel(); // A second call does nothing
  source.end();
});

Deno.test("FrameReader: waits with a small buffer, and uses a large one while data flows", async () => {
  const flow = Array.from({ length: 8 }, () => rawFrame("FDAT", patternedBytes(256 * 1_024)));
  const source = ByteSource.of([...flow, rawFrame("CHAT", "hi")]);
  await readAll(new FrameReader(source.stream));
  const [first] = source.asked;
  assert(first! <= 4_096);
  assertEquals(Math.max(...source.asked), 256 * 1_024);
  assertEquals(source.asked.at(-1), first); // A small buffer again after the short message
});

Deno.test("FrameReader.recycle: accepts its own buffers for later reads", async () => {
  const data = patternedBytes(3 * 1_024 * 1_024);
  const frames = [];
  for (let at = 0; at < data.length; at += 8_192) frames.push(data.subarray(at, at + 8_192));
  const source = ByteSource.of(frames.map((payload) => rawFrame("FDAT", payload)));
  const reader = new FrameReader(source.stream);
  const hex: string[] = [];
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    assert(frame.kind === "data");
    hex.push(frame.bytes.toHex());
    reader.recycle(frame.bytes.buffer);
    reader.recycle(new ArrayBuffer(10)); // Not a buffer of the reader
  }
  assert(hex.join("") === data.toHex());
});

Deno.test("FrameReader.recycle: frees at once what it keeps for no later read", async () => {
  const flow = Array.from({ length: 64 }, () => rawFrame("FDAT", patternedBytes(32 * 1_024)));
  const source = ByteSource.of([...flow, rawFrame("CHAT", "hi")]);
  const reader = new FrameReader(source.stream);
  const buffers = new Set<ArrayBuffer>();
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    if (frame.kind !== "data") continue;
    buffers.add(frame.bytes.buffer);
    reader.recycle(frame.bytes.buffer);
  }
  assert(buffers.size > 2); // Of several sizes
  assertEquals([...buffers].filter(({ detached }) => !detached), []); // The short message ended the flow
  reader.recycle([...buffers][0]!); // Detached: as it was
});
