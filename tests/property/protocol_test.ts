import { assert, assertEquals } from "@std/assert";
import { join, normalize, SEPARATOR } from "@std/path";
import fc from "fast-check";
import { dataArea, frameData, newDataBuffer } from "../../lib/protocol/data_frames.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { decodeFileMetadata, encodeFileMetadata } from "../../lib/protocol/file_metadata.ts";
import { checkName, checkPath } from "../../lib/protocol/path.ts";
import { cleanLine, cleanText, decodeChatText, splitText } from "../../lib/protocol/text.ts";
import { parseSlowly } from "../helpers/frames.ts";

/** Strings like dangerous paths, and any others. */
const pathLike = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(
    fc.oneof(
      fc.constantFrom("..", ".", "", "/", "\\", "~", "C:", "con", "NUL.txt", ".tcp-chat", "a", "é"),
      fc.constantFrom("e\u0301", "\u0000", "\u202e", "a.", "a ", "..\\..", "%2e%2e", "．．", "‥"),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 8 },
  ).map((components) => components.join("/")),
);

/** The result of `fn`, or `null` if it throws an error of that class; rethrows others. */
function valueOr<T>(errorClass: new (...args: never[]) => Error, fn: () => T): T | null {
  try {
    return fn();
  } catch (error) {
    if (error instanceof errorClass) return null;
    throw error;
  }
}

Deno.test("checkPath: refuses a string, or returns a path inside the root", () => {
  const root = join(SEPARATOR, "root", "folder");
  fc.assert(
    fc.property(pathLike, (input) => {
      const path = valueOr(RequestError, () => checkPath(input));
      if (path === null) return;
      const full = join(root, path);
      assert(full.startsWith(root + SEPARATOR));
      assertEquals(normalize(full), root + SEPARATOR + path.replaceAll("/", SEPARATOR));
      assertEquals(path, input.normalize("NFC"));
      assertEquals(checkPath(path), path);
      const components = path.split("/");
      assert(!components.some((name) => name.toLowerCase() === ".tcp-chat"));
      for (const name of components) assertEquals(checkName(name), name);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("decodeFileMetadata: decodes all encoded metadata", () => {
  const metadata = fc.record({
    name: fc.string({ unit: "grapheme", maxLength: 300 }),
    sizeBytes: fc.maxSafeNat(),
  });
  fc.assert(fc.property(metadata, (metadata) => {
    assertEquals(decodeFileMetadata(encodeFileMetadata(metadata)), metadata);
  }));
});

Deno.test("decodeFileMetadata: refuses random bytes, or encodes the result to the same bytes", () => {
  const consistent = fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.bigInt(0n, 2n ** 64n - 1n)).map(
    ([name, size]) => {
      const payload = new Uint8Array(12 + name.length);
      const view = new DataView(payload.buffer);
      view.setUint32(0, name.length);
      payload.set(name, 4);
      view.setBigUint64(4 + name.length, size);
      return payload;
    },
  );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), consistent), (payload) => {
      const metadata = valueOr(ProtocolError, () => decodeFileMetadata(payload));
      if (metadata !== null) assertEquals(encodeFileMetadata(metadata), payload);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("frameData: frames data of any size and layout", () => {
  const sized = fc.record({
    frames: fc.integer({ min: 1, max: 5 }),
    payloadBytes: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(8_192)),
  }).chain((layout) =>
    fc.tuple(fc.constant(layout), fc.nat(layout.frames * layout.payloadBytes), fc.nat(255))
  );
  fc.assert(fc.property(sized, ([layout, size, value]) => {
    const buffer = newDataBuffer(layout);
    const data = Uint8Array.from({ length: size }, (_, i) => value + i * 7);
    dataArea(buffer, layout).set(data);
    const parsed = parseSlowly(new Uint8Array(buffer, 0, frameData(buffer, layout, size)));
    assertEquals(parsed.leftBytes, 0);
    assert(parsed.frames.map(({ hex }) => hex).join("") === data.toHex());
  }));
});

Deno.test("splitText: splits between characters, fills every piece, and loses nothing", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 200 });
  fc.assert(fc.property(text, fc.integer({ min: 4, max: 50 }), (text, maxBytes) => {
    const pieces = splitText(text, maxBytes);
    assertEquals(pieces.join(""), text);
    const sizes = pieces.map((piece) => new TextEncoder().encode(piece).length);
    for (const [i, size] of sizes.entries()) {
      assert(size <= maxBytes);
      if (i < sizes.length - 1) assert(size > maxBytes - 4);
    }
  }));
});

Deno.test("cleanText, cleanLine: remove all control characters, and are idempotent", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(fc.property(bytes, (payload) => {
    const chat = decodeChatText(payload);
    const clean = cleanText(chat);
    const line = cleanLine(chat);
    assert(!/[^\P{Cc}\n\t]/u.test(chat));
    assert(!/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u.test(clean));
    assert(!/\p{Cc}/u.test(line));
    assertEquals(cleanText(clean), clean);
    assertEquals(cleanLine(line), line);
    assert(chat.isWellFormed());
  }));
});

Deno.test("cleanText: bounds combining marks and invisible characters, and is idempotent", () => {
  const pieces = ["a", "é", "ی", "क", "👩", "\u0301", "\u094d", "\u20dd", "\ufe0f", "\u{e0101}"];
  const invisible = ["\u200d", "\u200c", "\u200b", "\u180b", "🏴", "\u{e0067}", "\u{e007f}", "\n"];
  const text = fc.string({ unit: fc.constantFrom(...pieces, ...invisible), maxLength: 40 });
  fc.assert(
    fc.property(text, (text) => {
      const clean = cleanText(text);
      assert(!/(?:(?!\p{DI})[\p{Mn}\p{Me}]\p{DI}*){5}/u.test(clean));
      assert(!/[\u200c\u200d]{2}|[\p{VS}\u180b]{2}/u.test(clean));
      assertEquals(cleanText(clean), clean);
      assert(isSubsequence(clean, text));
    }),
    { numRuns: 3_000 },
  );
});

/** Whether `part` is `whole` with characters left out. */
function isSubsequence(part: string, whole: string): boolean {
  const rest = [...part];
  for (const character of whole) if (character === rest[0]) rest.shift();
  return rest.length === 0;
}
