import { assertEquals, assertNotStrictEquals } from "@std/assert";
import {
  concatBytes,
  DATA_TYPE_CODE,
  encodeFrame,
  encodeJsonFrame,
  type FrameType,
  HEADER_BYTES,
  readHeader,
  typeCode,
  typeName,
  writeHeader,
  ZSTD_TYPE_CODE,
} from "../../lib/protocol/frames.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const TYPES: FrameType[] = ["QUIT", "FILE", "CHAT", "FROK", "FERR", "FMTA", "FHSH", "FDAT"];

Deno.test("encodeFrame: writes the size as u64, the type and the payload", () => {
  assertEquals(encodeFrame("CHAT", "olá").toHex(), "000000000000000443484154" + "6f6cc3a1");
  assertEquals(encodeFrame("QUIT").toHex(), "0000000000000000" + "51554954");
  assertEquals(
    encodeFrame("FHSH", new Uint8Array([1, 2, 255])).toHex(),
    "0000000000000003464853480102ff",
  );
});

Deno.test("encodeFrame: agrees with a simple codec for every type", () => {
  for (const type of TYPES) {
    for (const size of [0, 1, 255, 256, 8_192, 65_536]) {
      const payload = new Uint8Array(size).fill(7);
      assertEquals(encodeFrame(type, payload), rawFrame(type, payload));
    }
  }
});

Deno.test("encodeFrame: copies the payload", () => {
  const payload = new Uint8Array([1, 2, 3]);
  const frame = encodeFrame("FDAT", payload);
  payload.fill(9);
  assertEquals([...frame.subarray(HEADER_BYTES)], [1, 2, 3]);
});

Deno.test("typeCode, typeName: are inverse", () => {
  for (const type of [...TYPES, "????", "\u0000\u007f\u0080\u00ff"]) {
    assertEquals(typeName(typeCode(type)), type);
  }
  assertEquals(typeCode("FDAT"), 0x46444154);
  assertEquals(typeCode("\u00ff\u00ff\u00ff\u00ff"), 0xffffffff);
  assertEquals(DATA_TYPE_CODE, typeCode("FDAT"));
  assertEquals(ZSTD_TYPE_CODE, typeCode("FZST"));
});

Deno.test("writeHeader: writes at its offset and nowhere else", () => {
  const bytes = new Uint8Array(20).fill(0xee);
  writeHeader(new DataView(bytes.buffer), 4, typeCode("FDAT"), 0xffffffff);
  assertEquals(bytes.toHex(), "eeeeeeee" + "00000000ffffffff" + "46444154" + "eeeeeeee");
});

Deno.test("concatBytes: joins its parts into a new buffer", () => {
  const part = new Uint8Array([1, 2]);
  assertEquals([...concatBytes([part, new Uint8Array(0), new Uint8Array([3])])], [1, 2, 3]);
  assertEquals(concatBytes([]).length, 0);
  assertNotStrictEquals(concatBytes([part]), part);
});

Deno.test("readHeader: reads a header at any offset, with any size that a peer claims", () => {
  const sizes = [0n, 1n, 65_536n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n];
  for (const size of sizes) {
    for (const offset of [0, 1, 7]) {
      const bytes = new Uint8Array(offset + 20).fill(0xee);
      bytes.set(rawFrame("FZST", "", size), offset);
      const moved = new Uint8Array(bytes.length + 5);
      moved.set(bytes, 5);
      const header = { size, code: ZSTD_TYPE_CODE };
      assertEquals(readHeader(bytes, offset), header);
      assertEquals(readHeader(moved.subarray(5), offset), header);
    }
  }
});

Deno.test("encodeJsonFrame: writes JSON in UTF-8, without undefined members", () => {
  const frame = encodeJsonFrame("DONE", { id: 7, path: "olá", nothing: undefined, none: null });
  assertEquals(frame, rawFrame("DONE", '{"id":7,"path":"olá","none":null}'));
});
