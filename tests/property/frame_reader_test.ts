import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource, cutAt } from "../helpers/byte_source.ts";
import { mergeData, parseSlowly, plain, type PlainFrame, readAll } from "../helpers/frames.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

/** Frames of all kinds, mostly data. */
const frame = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => rawFrame("FDAT", bytes)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(20_000), fc.nat(255)).map(([length, value]) =>
      rawFrame("FDAT", new Uint8Array(length).fill(value))
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom("CHAT", "FROK", "FERR", "FMTA", "????", "fdat", "FZST", "FZST"),
      fc.uint8Array({ maxLength: 40 }),
    ).map(([type, bytes]) => rawFrame(type, bytes)),
  },
  { weight: 1, arbitrary: fc.nat(5_000).map((n) => rawFrame("CHAT", new Uint8Array(n).fill(n))) },
);

/** A sequence of frames, and the offsets at which it is split. */
const splitStream = fc.array(frame, { maxLength: 12 }).map(concatBytes).chain((bytes) =>
  fc.oneof(
    fc.array(fc.nat(bytes.length), { maxLength: 20 }),
    fc.constant(Array.from({ length: Math.min(bytes.length, 500) }, (_, i) => i)),
    fc.integer({ min: 1, max: 64 }).map((step) =>
      Array.from({ length: Math.floor(bytes.length / step) }, (_, i) => i * step)
    ),
  ).map((offsets) => ({ bytes, offsets }))
);

Deno.test("FrameReader: reads the same frames from any split of the byte stream", async () => {
  await fc.assert(
    fc.asyncProperty(splitStream, fc.boolean(), async ({ bytes, offsets }, allowsZstd) => {
      const reader = new FrameReader(ByteSource.of(cutAt(bytes, offsets)).stream);
      if (allowsZstd) reader.allowZstd();
      assertEquals(mergeData(await readAll(reader)), parseSlowly(bytes).frames);
    }),
    { numRuns: 300 },
  );
});

Deno.test("FrameReader: reads FZST frames whole, as their own kind, from any split", async () => {
  await fc.assert(
    fc.asyncProperty(splitStream, async ({ bytes, offsets }) => {
      const reader = new FrameReader(ByteSource.of(cutAt(bytes, offsets)).stream);
      reader.allowZstd();
      for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
        assertEquals(frame.kind === "zstd", plain(frame).type === "FZST");
        // The caller owns the bytes
        (frame.kind === "data" ? frame.bytes : frame.payload).fill(0xaa);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("FrameReader: a cut anywhere is an end or a truncation, after the frames before it", async () => {
  const cutStream = splitStream.chain(({ bytes, offsets }) =>
    fc.nat(bytes.length).map((length) => ({
      bytes: bytes.subarray(0, length),
      offsets: offsets.filter((offset) => offset <= length),
    }))
  );
  await fc.assert(
    fc.asyncProperty(cutStream, fc.boolean(), async ({ bytes, offsets }, allowsZstd) => {
      const expected = parseSlowly(bytes);
      const frames: PlainFrame[] = [];
      const reader = new FrameReader(ByteSource.of(cutAt(bytes, offsets)).stream);
      if (allowsZstd) reader.allowZstd();
      const error = await readAll(reader, frames).then(() => null, (error) => error);
      if (expected.leftBytes === 0) assertEquals(error, null);
      else assertEquals((error as ProtocolError).code, "truncated");
      // The received bytes of a truncated data frame are returned, too
      const merged = mergeData(frames);
      for (const [i, frame] of expected.frames.entries()) {
        assertEquals(merged[i]!.type, frame.type);
        assert(merged[i]!.hex.startsWith(frame.hex));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("FrameReader: random bytes are a protocol error or an end, in bounded memory", async () => {
  // Mostly small sizes, so that many frames are read before the first error
  const header = fc.tuple(fc.bigInt(0n, 200n), fc.constantFrom("FDAT", "CHAT", "FMTA", "FZST")).map(
    ([size, type]) => rawFrame(type, "", size),
  );
  const noise = fc.array(fc.oneof(header, fc.uint8Array({ maxLength: 300 })), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(noise, fc.boolean(), async (chunks, allowsZstd) => {
      const source = ByteSource.of(chunks);
      const frames: PlainFrame[] = [];
      const reader = new FrameReader(source.stream);
      if (allowsZstd) reader.allowZstd();
      const error = await readAll(reader, frames).then(
        () => null,
        (error) => error,
      );
      assert(error === null || error instanceof ProtocolError, String(error));
      const received = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const returned = frames.reduce((sum, { hex }) => sum + hex.length / 2, 0);
      assert(returned <= received);
      assert(Math.max(...source.asked) <= 256 * 1_024);
    }),
    { numRuns: 500 },
  );
});
