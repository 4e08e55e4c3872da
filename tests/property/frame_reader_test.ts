import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource, cutAt } from "../helpers/byte_source.ts";
import { mergeData, parseSlowly, plain, type PlainFrame, readAll } from "../helpers/frames.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

/** Frames of all kinds, data more often than the rest. */
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

/** A sequence of frames, and chunks that it comes in. */
const splitStream = fc.array(frame, { maxLength: 12 }).map(concatBytes).chain((bytes) =>
  fc.oneof(
    fc.array(fc.nat(bytes.length), { maxLength: 20 }),
    fc.constant(Array.from({ length: Math.min(bytes.length, 500) }, (_, i) => i)),
    fc.integer({ min: 1, max: 64 }).map((step) =>
      Array.from({ length: Math.floor(bytes.length / step) }, (_, i) => i * step)
    ),
  ).map((places) => ({ bytes, places }))
);

Deno.test("any split of the byte stream gives the same frames", async () => {
  await fc.assert(
    fc.asyncProperty(splitStream, fc.boolean(), async ({ bytes, places }, takesZstd) => {
      const reader = new FrameReader(ByteSource.of(cutAt(bytes, places)).stream);
      if (takesZstd) reader.allowZstd();
      assertEquals(mergeData(await readAll(reader)), parseSlowly(bytes).frames);
    }),
    { numRuns: 300 },
  );
});

Deno.test("compressed data is told from control frames, whole, wherever the stream is split", async () => {
  await fc.assert(
    fc.asyncProperty(splitStream, async ({ bytes, places }) => {
      const reader = new FrameReader(ByteSource.of(cutAt(bytes, places)).stream);
      reader.allowZstd();
      for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
        assertEquals(frame.kind === "zstd", plain(frame).type === "FZST");
        // Whoever gets it may do with it as they like
        (frame.kind === "data" ? frame.bytes : frame.payload).fill(0xaa);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("a cut anywhere ends clean or as truncation, after the frames before it", async () => {
  const cutStream = splitStream.chain(({ bytes, places }) =>
    fc.nat(bytes.length).map((length) => ({
      bytes: bytes.subarray(0, length),
      places: places.filter((place) => place <= length),
    }))
  );
  await fc.assert(
    fc.asyncProperty(cutStream, fc.boolean(), async ({ bytes, places }, takesZstd) => {
      const expected = parseSlowly(bytes);
      const frames: PlainFrame[] = [];
      const reader = new FrameReader(ByteSource.of(cutAt(bytes, places)).stream);
      if (takesZstd) reader.allowZstd();
      const error = await readAll(reader, frames).then(() => null, (error) => error);
      if (expected.leftBytes === 0) assertEquals(error, null);
      else assertEquals((error as ProtocolError).code, "truncated");
      // A data frame that is cut counts with the bytes that came
      const merged = mergeData(frames);
      for (const [i, frame] of expected.frames.entries()) {
        assertEquals(merged[i]!.type, frame.type);
        assert(merged[i]!.hex.startsWith(frame.hex));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("random bytes end in a protocol error or cleanly, within bounded memory", async () => {
  // Mostly small sizes, so that many frames get through before something breaks
  const header = fc.tuple(fc.bigInt(0n, 200n), fc.constantFrom("FDAT", "CHAT", "FMTA", "FZST")).map(
    ([size, type]) => rawFrame(type, "", size),
  );
  const noise = fc.array(fc.oneof(header, fc.uint8Array({ maxLength: 300 })), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(noise, fc.boolean(), async (chunks, takesZstd) => {
      const source = ByteSource.of(chunks);
      const frames: PlainFrame[] = [];
      const reader = new FrameReader(source.stream);
      if (takesZstd) reader.allowZstd();
      const error = await readAll(reader, frames).then(
        () => null,
        (error) => error,
      );
      assert(error === null || error instanceof ProtocolError, String(error));
      const received = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const handedOn = frames.reduce((sum, { hex }) => sum + hex.length / 2, 0);
      assert(handedOn <= received);
      assert(Math.max(...source.asked) <= 256 * 1_024);
    }),
    { numRuns: 500 },
  );
});
