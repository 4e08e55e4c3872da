import { concatBytes } from "../../lib/protocol/frames.ts";
import type { Frame, FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { type Content, rawFrame } from "./raw_peer.ts";

/** A frame in a form for comparison: its type, and its payload in hex. */
export interface PlainFrame {
  readonly type: string;
  readonly hex: string;
}

/** Converts a frame of a reader. */
export function plain(frame: Frame): PlainFrame {
  if (frame.kind === "data") return { type: "FDAT", hex: frame.bytes.toHex() };
  if (frame.kind === "zstd") return { type: "FZST", hex: frame.payload.toHex() };
  return { type: frame.type, hex: frame.payload.toHex() };
}

/** A control frame in the same form. */
export function plainFrame(type: string, payload: Content = ""): PlainFrame {
  return { type, hex: rawFrame(type, payload).subarray(12).toHex() };
}

/** Joins adjacent data frames, and drops empty ones. */
export function mergeData(frames: readonly PlainFrame[]): PlainFrame[] {
  const merged: PlainFrame[] = [];
  for (const frame of frames) {
    const last = merged.at(-1);
    if (frame.type !== "FDAT") merged.push(frame);
    else if (frame.hex === "") continue;
    else if (last?.type === "FDAT") {
      merged[merged.length - 1] = { ...last, hex: last.hex + frame.hex };
    } else merged.push(frame);
  }
  return merged;
}

/** Reads frames to the end; `frames` holds those before an error. */
export async function readAll(
  reader: FrameReader,
  frames: PlainFrame[] = [],
): Promise<PlainFrame[]> {
  for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
    frames.push(plain(frame));
  }
  return frames;
}

/** Parses a whole byte sequence in the slow and obvious way, with data frames merged. */
export function parseSlowly(bytes: Uint8Array): { frames: PlainFrame[]; leftBytes: number } {
  const frames: PlainFrame[] = [];
  let rest = bytes;
  while (rest.length >= 12) {
    const size = new DataView(rest.buffer, rest.byteOffset).getBigUint64(0);
    if (BigInt(rest.length) < 12n + size) break;
    const end = 12 + Number(size);
    const type = String.fromCharCode(...rest.subarray(8, 12));
    frames.push({ type, hex: rest.subarray(12, end).toHex() });
    rest = rest.subarray(end);
  }
  return { frames: mergeData(frames), leftBytes: rest.length };
}

/** Concatenates frames. */
export function framesOf(...frames: Array<[type: string, payload?: Content]>): Uint8Array {
  return concatBytes(frames.map(([type, payload]) => rawFrame(type, payload)));
}
