import { DATA_TYPE_CODE, HEADER_BYTES, writeHeader, ZSTD_TYPE_CODE } from "./frames.ts";
import { LIMITS } from "./limits.ts";

/** How file data is cut into frames in a buffer. */
export interface DataLayout {
  /** Data of a full frame. */
  readonly payloadBytes: number;
  /** Full frames that a buffer holds. */
  readonly frames: number;
}

/** Full data frames of protocol 1 in a buffer: 1 MiB of data. */
const PROTOCOL_1_FRAMES = 128;

/** The layout for a file of which `leftBytes` are to be sent, more than none, in protocol 1. */
export function protocol1Layout(leftBytes: number): DataLayout {
  const frames = Math.ceil(leftBytes / LIMITS.protocol1DataBytes);
  return {
    payloadBytes: LIMITS.protocol1DataBytes,
    frames: Math.min(frames, PROTOCOL_1_FRAMES),
  };
}

/** The same in protocol 2, for a peer that takes frames of up to `peerBytes`. */
export function protocol2Layout(leftBytes: number, peerBytes: number): DataLayout {
  const payloadBytes = Math.min(leftBytes, peerBytes, LIMITS.protocol2DataBytes);
  return { payloadBytes, frames: 1 };
}

/** Data that a buffer holds. */
export function dataBytesOf({ frames, payloadBytes }: DataLayout): number {
  return frames * payloadBytes;
}

/** A buffer for that layout, headers included. */
export function newDataBuffer({ frames, payloadBytes }: DataLayout): ArrayBuffer {
  return new ArrayBuffer(frames * (HEADER_BYTES + payloadBytes));
}

/**
 * The part of a buffer to read file data into, so that {@link frameData} can make frames of it:
 * the end, behind room for all the headers.
 */
export function dataArea(buffer: ArrayBuffer, { frames }: DataLayout): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, frames * HEADER_BYTES);
}

/**
 * Makes FDAT frames, in place, of the first `dataBytes` bytes of a buffer's {@link dataArea}.
 *
 * Every piece moves towards the front by the headers that are still to come, so no piece is
 * overwritten before it has moved.
 *
 * @returns how many bytes the frames take, from the front of the buffer
 */
export function frameData(
  buffer: ArrayBuffer,
  { frames, payloadBytes }: DataLayout,
  dataBytes: number,
): number {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  let from = frames * HEADER_BYTES;
  let to = 0;
  for (let left = dataBytes; left > 0;) {
    const size = Math.min(left, payloadBytes);
    if (from !== to + HEADER_BYTES) bytes.copyWithin(to + HEADER_BYTES, from, from + size);
    writeHeader(view, to, DATA_TYPE_CODE, size);
    to += HEADER_BYTES + size;
    from += size;
    left -= size;
  }
  return to;
}

/**
 * Makes one FZST frame of compressed data, at the front of a buffer that has room for it.
 *
 * @returns how many bytes the frame takes
 */
export function frameCompressed(buffer: ArrayBuffer, compressed: Uint8Array): number {
  writeHeader(new DataView(buffer), 0, ZSTD_TYPE_CODE, compressed.length);
  new Uint8Array(buffer).set(compressed, HEADER_BYTES);
  return HEADER_BYTES + compressed.length;
}
