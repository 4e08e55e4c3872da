import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { protocol1Layout, protocol2Layout } from "../../lib/protocol/data_frames.ts";
import { encodeFrame } from "../../lib/protocol/frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { sendData } from "../../lib/transfer/send_data.ts";
import { inflateChunk } from "../../lib/worker/zstd.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { readAll } from "../helpers/frames.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker } from "../helpers/workers.ts";

/** A partly compressible file, and a plan to send it. */
const fixture = fc.record({
  noise: fc.nat(30_000),
  text: fc.nat(30_000),
  /** Offset of the data, as a share of the file. */
  start: fc.double({ min: 0, max: 1, noNaN: true }),
  hashed: fc.boolean(),
  zstd: fc.boolean(),
  /** Maximum of data bytes in a frame; `null` for protocol 1. */
  peerBytes: fc.option(fc.constantFrom(100, 1_000, 8_192, 1_048_576), { nil: null }),
});

Deno.test("sendData: for any plan, sends the data from the offset on, and the hash", async () => {
  using temp = new TempDir();
  using worker = new TestWorker();
  const store = await DirectoryStore.open(temp.path);
  let compressed = 0;
  await fc.assert(
    fc.asyncProperty(fixture, async ({ noise, text, start, hashed, zstd, peerBytes }) => {
      const content = new Uint8Array([...patternedBytes(noise), ...new Uint8Array(text)]);
      temp.write("a.bin", content);
      const file = await store.find("a.bin");
      const offset = Math.floor(start * content.length);
      const left = content.length - offset;
      const layout = peerBytes === null ? protocol1Layout(left) : protocol2Layout(left, peerBytes);
      const plan = { layout, offset, hashed, zstd: zstd && peerBytes !== null };
      const writes: Uint8Array[] = [];
      const sink = {
        write: (bytes: Uint8Array) => Promise.resolve(writes.push(bytes.slice()) && bytes.length),
      };
      const writer = new FrameWriter(sink, { onOverflow: () => {}, onError: () => {} });
      const sha256 = await sendData(worker, file, plan, {
        writer,
        signal: new AbortController().signal,
        head: encodeFrame("FROK"),
        tail: (sha256) => encodeFrame("FEND", sha256 ?? ""),
      });
      assertEquals(sha256, hashed ? sha256Of(content) : null);

      const reader = new FrameReader(ByteSource.of(writes).stream);
      reader.allowZstd();
      const frames = await readAll(reader);
      assertEquals(frames.shift()?.type, "FROK");
      assertEquals(frames.pop(), {
        type: "FEND",
        hex: new TextEncoder().encode(sha256 ?? "").toHex(),
      });
      const data = frames.map(({ type, hex }) => {
        if (type === "FDAT") return hex;
        compressed++;
        return inflateChunk(Uint8Array.fromHex(hex)).toHex();
      });
      assert(data.join("") === content.subarray(offset).toHex());
    }),
    { numRuns: 80 },
  );
  assert(compressed > 20, `only ${compressed} frames were compressed`);
});
