import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { encodeHeader, OPCODE, unmask, WsViolation } from "../../lib/web/ws_frames.ts";
import { WsReader } from "../../lib/web/ws_reader.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { maskedFrame } from "../helpers/web.ts";

interface Read {
  stream: number[];
  readonly pings: number[][];
  readonly closes: number[][];
}

/** Feeds bytes in pieces of the given lengths, the rest in one. */
function readPieces(bytes: Uint8Array, lengths: readonly number[] = []): Read {
  const read: Read = { stream: [], pings: [], closes: [] };
  const reader = new WsReader({
    onPing: (payload) => read.pings.push([...payload]),
    onClose: (payload) => read.closes.push([...payload]),
  });
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    const piece = bytes.slice(at, at + length);
    read.stream = read.stream.concat([...piece.subarray(0, reader.process(piece))]);
    at += length;
  }
  return read;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("unmask: at every alignment, length and position", () => {
  const mask = [0x12, 0x34, 0x56, 0x78];
  for (let offset = 0; offset < 8; offset++) {
    for (const length of [0, 1, 7, 8, 9, 31, 100]) {
      for (let position = 0; position < 4; position++) {
        const bytes = patternedBytes(offset + length).subarray(offset);
        const expected = bytes.map((byte, at) => byte ^ mask[(position + at) % 4]!);
        unmask(bytes, 0x12345678, position);
        assertEquals(bytes, expected, `${offset} ${length} ${position}`);
      }
    }
  }
});

Deno.test("WsReader: frames cut anywhere are the same stream", () => {
  const frame = fc.record({
    payload: fc.uint8Array({ maxLength: 300 }),
    ping: fc.option(fc.uint8Array({ maxLength: 125 })),
    splits: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(frame), fc.array(fc.nat(200)), (frames, lengths) => {
    const sent = frames.flatMap(({ payload, ping, splits }) => {
      const half = splits ? Math.floor(payload.length / 2) : payload.length;
      const first = maskedFrame(OPCODE.binary, payload.subarray(0, half), { final: !splits });
      const between = ping === null ? [] : [maskedFrame(OPCODE.ping, ping)];
      const rest = splits ? [maskedFrame(OPCODE.continuation, payload.subarray(half))] : [];
      return [first, ...between, ...rest];
    });
    const { stream, pings } = readPieces(join(...sent), lengths);
    assertEquals(stream, frames.flatMap(({ payload }) => [...payload]));
    assertEquals(pings, frames.flatMap(({ ping }) => ping === null ? [] : [[...ping]]));
  }));
});

Deno.test("WsReader: lengths of two and of eight bytes", () => {
  for (const length of [125, 126, 65_535, 65_536, 200_000]) {
    const payload = patternedBytes(length);
    assertEquals(readPieces(maskedFrame(OPCODE.binary, payload), [3, 5]).stream, [...payload]);
  }
});

Deno.test("WsReader: drops what follows Close", () => {
  const close = maskedFrame(OPCODE.close, new Uint8Array([3, 232]));
  const more = maskedFrame(OPCODE.binary, new Uint8Array(10));
  assertEquals(readPieces(join(close, more)), { stream: [], pings: [], closes: [[3, 232]] });
});

Deno.test("WsReader: refuses each way a frame can be wrong", () => {
  const binary = (...bytes: number[]) => maskedFrame(OPCODE.binary, new Uint8Array(bytes));
  const withFirst = (first: number) => new Uint8Array([first, 0x80, 0, 0, 0, 0]);
  const wrong: Record<string, Uint8Array> = {
    "not masked": new Uint8Array([0x82, 1, 65]),
    "text": withFirst(0x81),
    "RSV1": withFirst(0xc2),
    "RSV2": withFirst(0xa2),
    "RSV3": withFirst(0x92),
    "opcode 3": withFirst(0x83),
    "opcode 7": withFirst(0x87),
    "opcode 11": withFirst(0x8b),
    "opcode 15": withFirst(0x8f),
    "ping in pieces": withFirst(0x09),
    "close in pieces": withFirst(0x08),
    "long ping": new Uint8Array([0x89, 0xfe, 0, 126, 0, 0, 0, 0]),
    "long pong": new Uint8Array([0x8a, 0xfe, 0, 126, 0, 0, 0, 0]),
    "continuation of nothing": withFirst(0x80),
    "continuation after the end": join(binary(1), withFirst(0x80)),
    "new message inside a message": join(withFirst(0x02), binary(1)),
    "2^31 + 1 bytes": new Uint8Array([0x82, 0xff, 0, 0, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0]),
    "2^63 bytes": new Uint8Array([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  };
  for (const [what, bytes] of Object.entries(wrong)) {
    assertThrows(() => readPieces(bytes), WsViolation, undefined, what);
    const cuts = Array.from(bytes, () => 1);
    assertThrows(() => readPieces(bytes, cuts), WsViolation, undefined, `${what}, byte by byte`);
  }
});

Deno.test("encodeHeader: the shortest form of each length", () => {
  assertEquals([...encodeHeader(OPCODE.binary, 125)], [0x82, 125]);
  assertEquals([...encodeHeader(OPCODE.binary, 126)], [0x82, 126, 0, 126]);
  assertEquals([...encodeHeader(OPCODE.pong, 65_535)], [0x8a, 126, 255, 255]);
  assertEquals([...encodeHeader(OPCODE.binary, 65_536)], [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
});
