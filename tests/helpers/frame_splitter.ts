import { concatBytes } from "../../lib/protocol/frames.ts";

const HEADER_BYTES = 12;

/** Splits the bytes of one direction of a connection at the ends of their frames. */
export class FrameSplitter {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** The frames that are whole with this chunk. */
  *add(chunk: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    let rest = concatBytes([this.#rest, chunk]);
    for (let size = sizeOf(rest); size <= rest.length; size = sizeOf(rest)) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
    this.#rest = rest;
  }
}

/** The type of a whole frame. */
export function typeOf(frame: Uint8Array): string {
  return String.fromCharCode(...frame.subarray(8, HEADER_BYTES));
}

/** The size of the first frame; `Infinity` while its header is not whole. */
function sizeOf(bytes: Uint8Array<ArrayBuffer>): number {
  if (bytes.length < HEADER_BYTES) return Infinity;
  return HEADER_BYTES + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
}
