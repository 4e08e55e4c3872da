import { assertEquals } from "@std/assert";
import { countUtf8 } from "../../lib/protocol/count_utf8.ts";
import {
  cleanLine,
  cleanText,
  decodeChatText,
  splitText,
  utf8Length,
} from "../../lib/protocol/text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The control characters up to U+00FF, except newline and tab. */
const CONTROLS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
  .filter((c) => /\p{Cc}/u.test(c) && c !== "\n" && c !== "\t");

Deno.test("decodeChatText: removes every control character except newline and tab", () => {
  assertEquals(CONTROLS.length, 63);
  for (const control of CONTROLS) {
    const expected = control === "\r" ? "a\nb" : "ab";
    assertEquals(decodeChatText(bytes(`a${control}b`)), expected);
  }
  assertEquals(decodeChatText(bytes("a\tb\nc")), "a\tb\nc");
});

Deno.test("decodeChatText: turns every line ending into a newline", () => {
  assertEquals(decodeChatText(bytes("a\r\nb\rc\nd\r\r\ne")), "a\nb\nc\nd\n\ne");
});

Deno.test("decodeChatText: replaces invalid UTF-8", () => {
  assertEquals(decodeChatText(Uint8Array.fromHex("61ff62c3")), "a\ufffdb\ufffd");
});

Deno.test("cleanText: removes every control character of a terminal", () => {
  const csi = String.fromCharCode(0x9b);
  assertEquals(
    cleanText(`\x1b[31mred\x1b[0m\x07 \x1b]0;title\x07${csi}2J`),
    "[31mred[0m ]0;title2J",
  );
  for (const control of CONTROLS) assertEquals(cleanText(`a${control}b`), "ab");
  assertEquals(cleanText("tab\tnewline\n"), "tab\tnewline\n");
});

Deno.test("cleanText: removes characters that change the direction of writing or break lines", () => {
  const steering = [0x61c, 0x200e, 0x200f, 0x2028, 0x2029];
  for (let code = 0x202a; code <= 0x202e; code++) steering.push(code);
  for (let code = 0x2066; code <= 0x2069; code++) steering.push(code);
  for (const code of steering) assertEquals(cleanText(`a${String.fromCharCode(code)}b`), "ab");
  assertEquals(
    cleanText("שלום \u200d\u{1f469}\u200d\u{1f680}"),
    "שלום \u200d\u{1f469}\u200d\u{1f680}",
  );
});

Deno.test("cleanLine: returns the text of cleanText on one line", () => {
  assertEquals(cleanLine("a\n\n\tb\x1bc\r\nd"), "a bc d");
});

Deno.test("splitText: does not split a text that fits, up to the last byte", () => {
  assertEquals(splitText("", 4), [""]);
  assertEquals(splitText("abcd", 4), ["abcd"]);
  assertEquals(splitText("abcde", 4), ["abcd", "e"]);
  assertEquals(splitText("x".repeat(4_096)).length, 1);
  assertEquals(splitText("x".repeat(4_097)).map((piece) => piece.length), [4_096, 1]);
});

Deno.test("splitText: never splits a character, and loses nothing", () => {
  const texts = ["ééééé", "語語語語", "a\u{1f600}b\u{1f600}\u{1f600}", "x\ufeffy\ufeff\ufeffz"];
  for (const text of texts) {
    for (let maxBytes = 4; maxBytes < 12; maxBytes++) {
      const pieces = splitText(text, maxBytes);
      assertEquals(pieces.join(""), text, `${maxBytes} bytes`);
      for (const piece of pieces) {
        assertEquals(utf8Length(piece) <= maxBytes, true);
        assertEquals(piece.isWellFormed(), true);
      }
    }
  }
});

Deno.test("utf8Length, countUtf8: count bytes", () => {
  for (const count of [utf8Length, countUtf8]) {
    assertEquals(["", "a", "é", "語", "\u{1f600}"].map(count), [0, 1, 2, 3, 4]);
  }
  const encoder = new TextEncoder();
  const ends = [
    "\x7f\x80",
    "\u07ff\u0800",
    "\uffff\u{10000}",
    "\ud800",
    "\ud800a",
    "\udc00\ud800\ud800",
  ];
  for (const text of ends) assertEquals(countUtf8(text), encoder.encode(text).length, text);
});
