import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { decodeFileMetadata, encodeFileMetadata } from "../../lib/protocol/file_metadata.ts";

/** A payload of FMTA; the length of the name may be wrong. */
function payloadOf(nameLength: number, name: Uint8Array | string, size: bigint): Uint8Array {
  const nameBytes = typeof name === "string" ? new TextEncoder().encode(name) : name;
  const payload = new Uint8Array(4 + nameBytes.length + 8);
  const view = new DataView(payload.buffer);
  view.setUint32(0, nameLength);
  payload.set(nameBytes, 4);
  view.setBigUint64(4 + nameBytes.length, size);
  return payload;
}

function assertRefused(payload: Uint8Array, reason: string): void {
  const error = assertThrows(() => decodeFileMetadata(payload), ProtocolError, reason);
  assertEquals(error.code, "bad-frame");
}

Deno.test("encodeFileMetadata: writes the length of the name, the name and the size", () => {
  assertEquals(
    encodeFileMetadata({ name: "é.bin", sizeBytes: 15_728_640 }).toHex(),
    "00000006" + "c3a92e62696e" + "0000000000f00000",
  );
});

Deno.test("decodeFileMetadata: is the inverse of encodeFileMetadata", () => {
  const names = ["a", "", "\ufeffbom", "名前.txt", "\u{1f600}", "n".repeat(4_096)];
  for (const name of names) {
    for (const sizeBytes of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      assertEquals(decodeFileMetadata(encodeFileMetadata({ name, sizeBytes })), {
        name,
        sizeBytes,
      });
    }
  }
});

Deno.test("decodeFileMetadata: reads a payload inside a larger buffer", () => {
  const payload = encodeFileMetadata({ name: "a.txt", sizeBytes: 7 });
  const buffer = new Uint8Array(payload.length + 9).fill(0xff);
  buffer.set(payload, 5);
  const inside = buffer.subarray(5, 5 + payload.length);
  assertEquals(decodeFileMetadata(inside), { name: "a.txt", sizeBytes: 7 });
});

Deno.test("decodeFileMetadata: refuses a payload cut at any byte, or with an extra byte", () => {
  const payload = encodeFileMetadata({ name: "a.txt", sizeBytes: 7 });
  for (let length = 0; length < payload.length; length++) {
    assertRefused(payload.subarray(0, length), "lengths do not fit");
  }
  const longer = new Uint8Array(payload.length + 1);
  longer.set(payload);
  assertRefused(longer, "lengths do not fit");
});

Deno.test("decodeFileMetadata: refuses a wrong length of the name", () => {
  for (const nameLength of [0, 4, 6, 17, 2 ** 31, 2 ** 32 - 1, 2 ** 32 - 12, 2 ** 32 - 7]) {
    assertRefused(payloadOf(nameLength, "a.txt", 7n), "lengths do not fit");
  }
  assertEquals(decodeFileMetadata(payloadOf(5, "a.txt", 7n)).sizeBytes, 7);
});

Deno.test("decodeFileMetadata: accepts names of 4096 bytes, refuses 4097", () => {
  assertEquals(decodeFileMetadata(payloadOf(4_096, "n".repeat(4_096), 1n)).name.length, 4_096);
  assertRefused(payloadOf(4_097, "n".repeat(4_097), 1n), "4097 bytes");
});

Deno.test("decodeFileMetadata: accepts a size of 2^53 - 1, refuses larger sizes", () => {
  assertEquals(decodeFileMetadata(payloadOf(1, "a", 2n ** 53n - 1n)).sizeBytes, 2 ** 53 - 1);
  for (const size of [2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    assertRefused(payloadOf(1, "a", size), `${size} bytes`);
  }
});

Deno.test("decodeFileMetadata: refuses a name that is not UTF-8", () => {
  const broken = ["ff", "c3", "c080", "eda080", "f4908080", "80"];
  for (const hex of broken) {
    const name = Uint8Array.fromHex(hex);
    assertRefused(payloadOf(name.length, name, 1n), "not UTF-8");
  }
});
