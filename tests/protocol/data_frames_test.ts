import { assert, assertEquals } from "@std/assert";
import {
  dataArea,
  dataBytesOf,
  type DataLayout,
  frameCompressed,
  frameData,
  newDataBuffer,
  protocol1Layout,
  protocol2Layout,
} from "../../lib/protocol/data_frames.ts";
import { concatBytes, HEADER_BYTES } from "../../lib/protocol/frames.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const PIECE = LIMITS.protocol1DataBytes;

/** Frames data with a simple codec. */
function simpleFrames(data: Uint8Array, payloadBytes: number = PIECE): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < data.length; start += payloadBytes) {
    frames.push(rawFrame("FDAT", data.subarray(start, start + payloadBytes)));
  }
  return concatBytes(frames);
}

function framed(data: Uint8Array, layout: DataLayout): Uint8Array {
  const buffer = newDataBuffer(layout);
  dataArea(buffer, layout).set(data);
  return new Uint8Array(buffer, 0, frameData(buffer, layout, data.length));
}

Deno.test("dataArea: has room for exactly the full frames of its layout", () => {
  for (const payloadBytes of [1, 100, PIECE]) {
    for (const frames of [1, 2, 3, 32]) {
      const layout = { frames, payloadBytes };
      const buffer = newDataBuffer(layout);
      assertEquals(dataArea(buffer, layout).length, frames * payloadBytes);
      assertEquals(dataBytesOf(layout), frames * payloadBytes);
      assertEquals(buffer.byteLength, frames * (payloadBytes + HEADER_BYTES));
    }
  }
});

Deno.test("frameData: makes the same frames as a simple codec, at every size near a boundary", () => {
  for (const frames of [1, 2, 3, 32]) {
    const sizes = new Set<number>();
    for (let pieces = 0; pieces <= frames; pieces++) {
      for (const offset of [-1, 0, 1, 13]) sizes.add(pieces * PIECE + offset);
    }
    for (const size of sizes) {
      if (size < 0 || size > frames * PIECE) continue;
      const data = patternedBytes(size);
      assert(
        framed(data, { frames, payloadBytes: PIECE }).toHex() === simpleFrames(data).toHex(),
        `${size} bytes in a buffer for ${frames} frames`,
      );
    }
  }
});

Deno.test("frameData: makes the same frames for payloads shorter and longer than a header", () => {
  for (const payloadBytes of [1, 2, 11, 12, 13, 100]) {
    for (const frames of [1, 2, 5]) {
      for (let size = 0; size <= frames * payloadBytes; size++) {
        const data = patternedBytes(size);
        assertEquals(
          framed(data, { frames, payloadBytes }).toHex(),
          simpleFrames(data, payloadBytes).toHex(),
        );
      }
    }
  }
});

Deno.test("frameData: can use a buffer again", () => {
  const layout = { frames: 3, payloadBytes: PIECE };
  const buffer = newDataBuffer(layout);
  for (const [size, seed] of [[3 * PIECE, 1], [PIECE + 1, 2], [5, 3]] as const) {
    const data = patternedBytes(size, seed);
    dataArea(buffer, layout).set(data);
    const frames = new Uint8Array(buffer, 0, frameData(buffer, layout, size));
    assertEquals(frames.toHex(), simpleFrames(data).toHex());
  }
});

Deno.test("protocol1Layout: makes frames of 8192 bytes, as few as needed, 128 at most", () => {
  const cases = [[1, 1], [PIECE, 1], [PIECE + 1, 2], [128 * PIECE - 1, 128], [128 * PIECE, 128]];
  for (const [leftBytes, frames] of [...cases, [128 * PIECE + 1, 128], [1e15, 128]]) {
    const layout = { payloadBytes: PIECE, frames: frames! };
    assertEquals(protocol1Layout(leftBytes!), layout, `${leftBytes} bytes`);
  }
});

Deno.test("protocol2Layout: makes one frame, limited by the remaining bytes, the peer and 1 MiB", () => {
  const largest = 1_048_564;
  const cases = [
    [1, 1_048_576, 1],
    [largest - 1, 1_048_576, largest - 1],
    [largest, 1_048_576, largest],
    [largest + 1, 1_048_576, largest],
    [1e15, 1e15, largest],
    [100_000, 99_999, 99_999],
    [100_000, 100_000, 100_000],
    [100_000, 100_001, 100_000],
    [100_000, 1, 1],
  ];
  for (const [leftBytes, peerBytes, payloadBytes] of cases) {
    const layout = protocol2Layout(leftBytes!, peerBytes!);
    assertEquals(layout, { payloadBytes: payloadBytes!, frames: 1 });
  }
});

Deno.test("frameCompressed: writes one FZST frame at the start, and nothing after it", () => {
  const layout = { frames: 1, payloadBytes: 100 };
  for (const size of [0, 1, 99, 100]) {
    const buffer = newDataBuffer(layout);
    new Uint8Array(buffer).fill(0xee);
    const compressed = patternedBytes(size);
    const length = frameCompressed(buffer, compressed);
    assertEquals(new Uint8Array(buffer, 0, length), rawFrame("FZST", compressed));
    assert(new Uint8Array(buffer, length).every((byte) => byte === 0xee));
  }
});
