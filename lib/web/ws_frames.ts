/** The opcodes of a WebSocket (RFC 6455, section 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The longest header of a frame: two bytes, eight of length, four of mask. */
export const MAX_HEADER_BYTES = 14;
/** The largest payload of a control frame. */
export const MAX_CONTROL_BYTES = 125;
/** The largest payload of a data frame, far above any that a browser makes. */
const MAX_PAYLOAD_BYTES = 2 ** 31;

/** The header of a frame from a client. */
export interface WsHeader {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payloadBytes: number;
  /** The four bytes of the mask, the first in the highest bits. */
  readonly mask: number;
}

/** A frame that breaks the rules of WebSockets; the connection is closed with the code 1002. */
export class WsViolation extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "WsViolation";
}

/**
 * The length of the header that begins with these bytes; the first two are needed to know it. They
 * are all that counts of a frame that is not masked.
 */
export function headerLength(bytes: Uint8Array, length: number): number {
  if (length < 2 || (bytes[1]! & 0x80) === 0) return 2;
  const short = bytes[1]! & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + 4;
}

/**
 * Decodes a whole header.
 *
 * @throws {WsViolation} for a frame that is not masked, has reserved bits or an unknown opcode, is
 * too long, or is a control frame in pieces
 */
export function decodeHeader(bytes: Uint8Array): WsHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const first = view.getUint8(0);
  const second = view.getUint8(1);
  const opcode = first & 0x0f;
  const isFinal = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0) throw new WsViolation("A reserved bit is set");
  if ((second & 0x80) === 0) throw new WsViolation("A frame of a client must be masked");
  const isControl = opcode >= OPCODE.close;
  if (opcode > OPCODE.pong || (opcode > OPCODE.binary && !isControl)) {
    throw new WsViolation("The opcode is unknown");
  }
  const short = second & 0x7f;
  if (isControl && (!isFinal || short > MAX_CONTROL_BYTES)) {
    throw new WsViolation("A control frame is short and whole");
  }
  const payloadBytes = short < 126
    ? short
    : short === 126
    ? view.getUint16(2)
    : Number(view.getBigUint64(2));
  if (payloadBytes > MAX_PAYLOAD_BYTES) throw new WsViolation("The frame is too long");
  return { opcode, isFinal, payloadBytes, mask: view.getUint32(headerLength(bytes, 2) - 4) };
}

/** Encodes the header of a whole, unmasked frame, as a server sends it. */
export function encodeHeader(opcode: number, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const length = payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80 | opcode);
  view.setUint8(1, length === 2 ? payloadBytes : length === 4 ? 126 : 127);
  if (length === 4) view.setUint16(2, payloadBytes);
  if (length === 10) view.setBigUint64(2, BigInt(payloadBytes));
  return bytes;
}

/**
 * Takes the mask off bytes of a payload, in place.
 *
 * It works on 64 bits at a time, where the buffer is aligned to that: byte by byte it would cost
 * more than all else that a received byte costs.
 *
 * @param position the position of the first byte in the payload
 */
export function unmask(bytes: Uint8Array, mask: number, position: number): void {
  const end = bytes.length;
  const aligned = Math.min(end, (8 - bytes.byteOffset % 8) % 8);
  unmaskBytes(bytes, mask, position, 0, aligned);
  const words = (end - aligned) >> 3;
  if (words > 0) {
    const rotated = new Uint8Array(8).map((_, at) => maskByte(mask, position + aligned + at));
    const word = new BigUint64Array(rotated.buffer)[0]!;
    const view = new BigUint64Array(bytes.buffer, bytes.byteOffset + aligned, words);
    for (let at = 0; at < words; at++) view[at]! ^= word;
  }
  unmaskBytes(bytes, mask, position, aligned + words * 8, end);
}

function unmaskBytes(
  bytes: Uint8Array,
  mask: number,
  position: number,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) bytes[at]! ^= maskByte(mask, position + at);
}

function maskByte(mask: number, position: number): number {
  return (mask >>> (24 - 8 * (position & 3))) & 255;
}
