import { DATA_TYPE_CODE, HEADER_BYTES, writeHeader } from "./frames.ts";
import { LIMITS } from "./limits.ts";

/** A data frame of protocol 1 at its largest, header included. */
const FRAME_BYTES = HEADER_BYTES + LIMITS.protocol1DataBytes;

/** Bytes of a buffer that holds `frames` full data frames. */
export function dataBufferBytes(frames: number): number {
  return frames * FRAME_BYTES;
}

/**
 * The part of a buffer to read file data into, so that {@link frameData} can make frames of it:
 * the end, behind room for all the headers.
 */
export function dataArea(buffer: ArrayBuffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, Math.floor(buffer.byteLength / FRAME_BYTES) * HEADER_BYTES);
}

/**
 * Makes FDAT frames, in place, of the first `dataBytes` bytes of a buffer's {@link dataArea}.
 *
 * Every piece moves towards the front by the headers that are still to come, so no piece is
 * overwritten before it has moved.
 *
 * @returns how many bytes the frames take, from the front of the buffer
 */
export function frameData(buffer: ArrayBuffer, dataBytes: number): number {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  let from = Math.floor(buffer.byteLength / FRAME_BYTES) * HEADER_BYTES;
  let to = 0;
  for (let left = dataBytes; left > 0;) {
    const size = Math.min(left, LIMITS.protocol1DataBytes);
    bytes.copyWithin(to + HEADER_BYTES, from, from + size);
    writeHeader(view, to, DATA_TYPE_CODE, size);
    to += HEADER_BYTES + size;
    from += size;
    left -= size;
  }
  return to;
}
