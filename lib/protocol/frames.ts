/**
 * The frame layout (section 1 of the protocol), and nothing else:
 *
 *     | SIZE: u64 big-endian | TYPE: 4 ASCII bytes | PAYLOAD: SIZE bytes |
 */

/** The length of a header: SIZE and TYPE. */
export const HEADER_BYTES = 12;

/** All frame types. */
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
  | "PAGE"
  | "STAT"
  | "FGET"
  | "FMET"
  | "FEND"
  | "FPUT"
  | "MGET"
  | "MMET"
  | "MPUT"
  | "REDY"
  | "MKDR"
  | "MOVE"
  | "DELE"
  | "TCKT"
  | "LINK"
  | "LNKS"
  | "UNLK"
  | "FCAN"
  | "NICK"
  | "JOIN"
  | "PART"
  | "SEND"
  | "WHOS"
  | "ROOM"
  | "HIST"
  | "TOPC"
  | "AWAY"
  | "PING"
  | "PONG"
  | "EVNT"
  | "DONE"
  | "FAIL";

/** TYPE of data frames, as the big-endian u32 that it is on the wire. */
export const DATA_TYPE_CODE = typeCode("FDAT");
/** TYPE of data frames whose payload is one zstd frame. */
export const ZSTD_TYPE_CODE = typeCode("FZST");

const encoder = new TextEncoder();
const NO_PAYLOAD = new Uint8Array(0);

/** Encodes a type, four ASCII characters, as a big-endian u32. */
export function typeCode(type: string): number {
  let code = 0;
  for (let i = 0; i < 4; i++) code = (code << 8) | type.charCodeAt(i);
  return code >>> 0;
}

/** The inverse of {@link typeCode}; bytes outside ASCII become Latin-1 characters. */
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
 * Reads the header at `offset`. SIZE is the peer's claim: compare it with the limit of the type
 * first.
 */
export function readHeader(bytes: Uint8Array, offset: number): { size: bigint; code: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES);
  return { size: view.getBigUint64(0), code: view.getUint32(8) };
}

/**
 * Whether a TLS record, an alert or a handshake (RFC 8446, section 5.1), stands in place of a
 * header: the peer speaks TLS. No header of a frame within the limits begins with these bytes. `false`
 * for fewer than three bytes, which tell nothing.
 */
export function looksLikeTls(bytes: Uint8Array, offset: number): boolean {
  const [type, major, minor = Infinity] = bytes.subarray(offset, offset + 3);
  return (type === 0x15 || type === 0x16) && major === 3 && minor <= 4;
}

const HTTP_METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "CONNECT",
];

/**
 * Whether the method of an HTTP request (RFC 9112, section 3) stands in place of a header: the peer
 * is a browser, or a program like one. No header of a frame within the limits begins with these
 * bytes.
 */
export function looksLikeHttp(bytes: Uint8Array, offset: number): boolean {
  const first = String.fromCharCode(...bytes.subarray(offset, offset + 8));
  return HTTP_METHODS.some((method) => first.startsWith(`${method} `));
}

/** Encodes a whole frame in a new buffer. A text payload is encoded as UTF-8. */
export function encodeFrame(
  type: FrameType,
  payload: Uint8Array | string = NO_PAYLOAD,
): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const frame = new Uint8Array(HEADER_BYTES + bytes.length);
  writeHeader(new DataView(frame.buffer), 0, typeCode(type), bytes.length);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** Encodes a whole control frame of protocol 2. */
export function encodeJsonFrame(type: JsonFrameType, value: unknown): Uint8Array {
  return encodeFrame(type, JSON.stringify(value));
}

/** Concatenates buffers in a new buffer. */
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
