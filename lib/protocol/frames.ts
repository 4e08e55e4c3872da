/**
 * The frame layout (section 1 of the protocol), and nothing else:
 *
 *     | SIZE: u64 big-endian | TYPE: 4 ASCII bytes | PAYLOAD: SIZE bytes |
 */

/** Bytes of SIZE and TYPE together. */
export const HEADER_BYTES = 12;

/** All frame types that are sent as one piece. */
export type FrameType =
  | "QUIT"
  | "FILE"
  | "CHAT"
  | "FROK"
  | "FERR"
  | "FMTA"
  | "FHSH"
  | "FDAT"
  | "FZST"
  | JsonFrameType;

/** The frame types of protocol 2 whose payload is a JSON object. */
export type JsonFrameType =
  | "HELO"
  | "AUTH"
  | "LIST"
  | "STAT"
  | "FGET"
  | "FMET"
  | "FEND"
  | "FPUT"
  | "REDY"
  | "MKDR"
  | "FCAN"
  | "NICK"
  | "JOIN"
  | "PART"
  | "SEND"
  | "WHOS"
  | "ROOM"
  | "HIST"
  | "PING"
  | "PONG"
  | "EVNT"
  | "DONE"
  | "FAIL";

/** TYPE of the frames that carry file data, as the big-endian u32 that it is on the wire. */
export const DATA_TYPE_CODE = typeCode("FDAT");
/** TYPE of the frames that carry file data as one zstd frame each. */
export const ZSTD_TYPE_CODE = typeCode("FZST");

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** The four ASCII characters of a type as a big-endian u32. */
export function typeCode(type: string): number {
  let code = 0;
  for (let i = 0; i < 4; i++) code = (code << 8) | type.charCodeAt(i);
  return code >>> 0;
}

/** The inverse of {@link typeCode}; bytes outside ASCII come out as Latin-1 characters. */
export function typeName(code: number): string {
  return String.fromCharCode(code >>> 24, (code >>> 16) & 255, (code >>> 8) & 255, code & 255);
}

/** Writes a header at `offset`; `sizeBytes` is at most 2^32 - 1, far above every limit. */
export function writeHeader(view: DataView, offset: number, code: number, sizeBytes: number): void {
  view.setUint32(offset, 0);
  view.setUint32(offset + 4, sizeBytes);
  view.setUint32(offset + 8, code);
}

/**
 * Reads the header at `offset`. SIZE is whatever the peer claims: compare it with the limit of the
 * type before anything else.
 */
export function readHeader(bytes: Uint8Array, offset: number): { size: bigint; code: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES);
  return { size: view.getBigUint64(0), code: view.getUint32(8) };
}

/**
 * Whether a record of TLS stands where a header should, an alert or a handshake (RFC 8446, section
 * 5.1): its peer expects TLS. No header of a frame that is within the limits begins so.
 */
export function looksLikeTls(bytes: Uint8Array, offset: number): boolean {
  const [type, major = 0, minor = 0] = bytes.subarray(offset, offset + 3);
  return (type === 0x15 || type === 0x16) && major === 3 && minor <= 4;
}

/** A whole frame in one new buffer. A text payload is sent as UTF-8. */
export function encodeFrame(type: FrameType, payload: Uint8Array | string = NOTHING): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const frame = new Uint8Array(HEADER_BYTES + bytes.length);
  writeHeader(new DataView(frame.buffer), 0, typeCode(type), bytes.length);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** A whole control frame of protocol 2. */
export function encodeJsonFrame(type: JsonFrameType, value: unknown): Uint8Array {
  return encodeFrame(type, JSON.stringify(value));
}

/** Several buffers as one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
