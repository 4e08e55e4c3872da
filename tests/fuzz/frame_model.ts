/** The limits of the contract (section 6 of the protocol), written out: the oracle of the reader. */
export const CONTROL_BYTES = 65_536;
export const DATA_BYTES = 1_048_576;

/** What a reader must make of a byte stream. */
export interface FrameModel {
  /** Frames that are passed on whole: all but FDAT. */
  readonly controls: number;
  /** The bytes of their payloads. */
  readonly controlBytes: number;
  /** The bytes of all FDAT payloads, those of a cut frame included. */
  readonly dataBytes: number;
  /** How the stream ends. */
  readonly end: "whole" | "too-large" | "truncated";
}

/** A frame as it is on the wire. */
export interface WireFrame {
  readonly type: string;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Reads a stream in the slow and obvious way. @param allowsZstd whether FZST counts as data */
export function modelOf(bytes: Uint8Array, allowsZstd: boolean): FrameModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [controls, controlBytes, dataBytes, at] = [0, 0, 0, 0];
  const model = (end: FrameModel["end"]) => ({ controls, controlBytes, dataBytes, end });
  while (at < bytes.length) {
    if (bytes.length - at < 12) return model("truncated");
    const size = view.getBigUint64(at);
    const type = typeAt(bytes, at);
    const isLarge = type === "FDAT" || (allowsZstd && type === "FZST");
    if (size > BigInt(isLarge ? DATA_BYTES : CONTROL_BYTES)) return model("too-large");
    const there = Math.min(Number(size), bytes.length - at - 12);
    if (type === "FDAT") dataBytes += there;
    if (there < Number(size)) return model("truncated");
    if (type !== "FDAT") [controls, controlBytes] = [controls + 1, controlBytes + there];
    at += 12 + there;
  }
  return model("whole");
}

/** The whole frames of a stream up to the first that is not whole. */
export function wireFramesOf(bytes: Uint8Array<ArrayBuffer>): WireFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: WireFrame[] = [];
  for (let at = 0; bytes.length - at >= 12;) {
    const size = Number(view.getBigUint64(at));
    if (size > bytes.length - at - 12) break;
    frames.push({ type: typeAt(bytes, at), payload: bytes.subarray(at + 12, at + 12 + size) });
    at += 12 + size;
  }
  return frames;
}

function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at + 8, at + 12));
}
