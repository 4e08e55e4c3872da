import { assertEquals } from "@std/assert";
import { isRangeFor, parseRange } from "../../lib/web/ranges.ts";

Deno.test("parseRange: one range of bytes, cut to the file", () => {
  const ranges: readonly (readonly [string, ReturnType<typeof parseRange>])[] = [
    ["bytes=0-0", { offset: 0, end: 1 }],
    ["bytes=0-9", { offset: 0, end: 10 }],
    ["bytes=3-", { offset: 3, end: 10 }],
    ["bytes=9-", { offset: 9, end: 10 }],
    ["bytes=5-99", { offset: 5, end: 10 }],
    ["bytes=0-99999999999999999999999999", { offset: 0, end: 10 }],
    ["bytes=-1", { offset: 9, end: 10 }],
    ["bytes=-10", { offset: 0, end: 10 }],
    ["bytes=-11", { offset: 0, end: 10 }],
    ["Bytes= 2-3 ", { offset: 2, end: 4 }],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=10-20", "unsatisfiable"],
    ["bytes=99999999999999999999999999-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
  ];
  for (const [text, range] of ranges) assertEquals(parseRange(text, 10), range, text);
});

Deno.test("parseRange: ignores several ranges, other units, and what is malformed", () => {
  const ignored = ["", "bytes", "bytes=", "bytes=-", "bytes=1-2,4-5", "lines=1-2", "bytes=5-4"];
  for (const text of [...ignored, "bytes=a-b", "bytes=1--2", "bytes=0x1-", "bytes=1.5-", "1-2"]) {
    assertEquals(parseRange(text, 10), null, text);
  }
  assertEquals(parseRange(undefined, 10), null);
});

Deno.test("parseRange: an empty file has no range", () => {
  for (const text of ["bytes=0-", "bytes=0-0", "bytes=-5"]) {
    assertEquals(parseRange(text, 0), "unsatisfiable", text);
  }
});

Deno.test("isRangeFor: only for the very same state", () => {
  assertEquals(isRangeFor(undefined, '"a"'), true);
  assertEquals(isRangeFor('"a"', '"a"'), true);
  for (const other of ['"b"', 'W/"a"', "a", "", "Sat, 28 Nov 2026 10:00:00 GMT"]) {
    assertEquals(isRangeFor(other, '"a"'), false, other);
  }
});
