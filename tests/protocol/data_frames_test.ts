import { assert, assertEquals } from "@std/assert";
import { dataArea, dataBufferBytes, frameData } from "../../lib/protocol/data_frames.ts";
import { concatBytes, HEADER_BYTES } from "../../lib/protocol/frames.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { patternedBytes } from "../helpers/bytes.ts";

const PIECE = LIMITS.protocol1DataBytes;

/** The frames of some data, one after the other, the slow and obvious way. */
function slowFrames(data: Uint8Array): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < data.length; start += PIECE) {
    frames.push(rawFrame("FDAT", data.subarray(start, start + PIECE)));
  }
  return concatBytes(frames);
}

function framed(data: Uint8Array, frames: number): Uint8Array {
  const buffer = new ArrayBuffer(dataBufferBytes(frames));
  dataArea(buffer).set(data);
  return new Uint8Array(buffer, 0, frameData(buffer, data.length));
}

Deno.test("dataArea has room for exactly as many full frames as the buffer was made for", () => {
  for (const frames of [1, 2, 3, 32]) {
    const buffer = new ArrayBuffer(dataBufferBytes(frames));
    assertEquals(dataArea(buffer).length, frames * PIECE);
    assertEquals(dataBufferBytes(frames), frames * (PIECE + HEADER_BYTES));
  }
});

Deno.test("frameData makes the frames that a slow codec makes, at every size round a border", () => {
  for (const frames of [1, 2, 3, 32]) {
    const sizes = new Set<number>();
    for (let pieces = 0; pieces <= frames; pieces++) {
      for (const offset of [-1, 0, 1, 13]) sizes.add(pieces * PIECE + offset);
    }
    for (const size of sizes) {
      if (size < 0 || size > frames * PIECE) continue;
      const data = patternedBytes(size);
      assert(
        framed(data, frames).toHex() === slowFrames(data).toHex(),
        `${size} bytes in a buffer for ${frames} frames`,
      );
    }
  }
});

Deno.test("frameData can be used again on the same buffer", () => {
  const buffer = new ArrayBuffer(dataBufferBytes(3));
  for (const [size, seed] of [[3 * PIECE, 1], [PIECE + 1, 2], [5, 3]] as const) {
    const data = patternedBytes(size, seed);
    dataArea(buffer).set(data);
    const frames = new Uint8Array(buffer, 0, frameData(buffer, size));
    assertEquals(frames.toHex(), slowFrames(data).toHex());
  }
});
