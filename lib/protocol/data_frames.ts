import { DATA_TYPE_CODE, HEADER_BYTES, writeHeader, ZSTD_TYPE_CODE } from "./frames.ts";
import { LIMITS } from "./limits.ts";

/** How a buffer of file data is divided into frames. */
export interface DataLayout {
  /** The payload of a full frame. */
  readonly payloadBytes: number;
  /** The number of full frames in a buffer. */
  readonly frames: number;
  /** Whether the data have no headers: they go to a peer that takes no frames. Default `false`. */
  readonly isBare?: boolean;
}

/** Data frames of protocol 1 in a buffer: 1 MiB of data. */
const PROTOCOL_1_FRAMES = 128;

/**
 * The layout of a buffer in protocol 1.
 *
 * @param leftBytes bytes to be sent, at least 1
 * @param bufferBytes the largest buffer
 */
export function protocol1Layout(leftBytes: number, bufferBytes = Infinity): DataLayout {
  const payloadBytes = LIMITS.protocol1DataBytes;
  const frames = Math.ceil(Math.min(leftBytes, bufferBytes) / payloadBytes);
  return { payloadBytes, frames: Math.min(frames, PROTOCOL_1_FRAMES) };
}

/** The same in protocol 2. @param peerBytes the largest payload that the peer accepts */
export function protocol2Layout(leftBytes: number, peerBytes: number): DataLayout {
  const payloadBytes = Math.min(leftBytes, peerBytes, LIMITS.protocol2DataBytes);
  return { payloadBytes, frames: 1 };
}

/**
 * The layout of a buffer of data without headers.
 *
 * @param leftBytes bytes to be sent, at least 1
 * @param bufferBytes the largest buffer
 */
export function bareLayout(leftBytes: number, bufferBytes: number): DataLayout {
  return { ...protocol2Layout(leftBytes, bufferBytes), isBare: true };
}

/** The bytes of data in a full buffer. */
export function dataBytesOf({ frames, payloadBytes }: DataLayout): number {
  return frames * payloadBytes;
}

/** A new buffer for a layout, headers included. */
export function newDataBuffer(layout: DataLayout): ArrayBuffer {
  return new ArrayBuffer(headerBytesOf(layout) + dataBytesOf(layout));
}

/** The bytes of all headers in a full buffer. */
function headerBytesOf({ frames, isBare = false }: DataLayout): number {
  return isBare ? 0 : frames * HEADER_BYTES;
}

/**
 * The part of a buffer to read file data into, for {@link frameData}: behind room for all headers.
 */
export function dataArea(buffer: ArrayBuffer, layout: DataLayout): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, headerBytesOf(layout));
}

/**
 * Turns the first `dataBytes` bytes of a buffer's {@link dataArea} into FDAT frames, in place; data
 * without headers stay as they are.
 *
 * Every piece moves towards the front, by the headers that are still to be written, so that no
 * piece is overwritten before it has moved.
 *
 * @returns the bytes of the frames, from the front of the buffer
 */
export function frameData(
  buffer: ArrayBuffer,
  { frames, payloadBytes, isBare = false }: DataLayout,
  dataBytes: number,
): number {
  if (isBare) return dataBytes;
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

/** The frames in a buffer that has only data frames, whose payloads are full but for the last. */
export function framesIn(buffer: ArrayBuffer, payloadBytes: number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const stride = HEADER_BYTES + payloadBytes;
  for (let at = 0; at < buffer.byteLength; at += stride) {
    frames.push(new Uint8Array(buffer, at, Math.min(stride, buffer.byteLength - at)));
  }
  return frames;
}

/**
 * Writes compressed data as one FZST frame to the front of a buffer, which has room for it.
 *
 * @returns the bytes of the frame
 */
export function frameCompressed(buffer: ArrayBuffer, compressed: Uint8Array): number {
  writeHeader(new DataView(buffer), 0, ZSTD_TYPE_CODE, compressed.length);
  new Uint8Array(buffer).set(compressed, HEADER_BYTES);
  return HEADER_BYTES + compressed.length;
}
