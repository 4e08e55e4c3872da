import { assert, assertEquals } from "@std/assert";
import { mayFitInNfc, toBoundedNfc } from "../../lib/protocol/normal_form.ts";
import { utf8Length } from "../../lib/protocol/text.ts";

Deno.test("mayFitInNfc: is true for every character in its longest form", () => {
  for (let point = 0; point <= 0x10ffff; point++) {
    const longest = String.fromCodePoint(point).normalize("NFD");
    const bytes = utf8Length(longest.normalize("NFC"));
    assert(mayFitInNfc(longest, bytes), point.toString(16));
  }
});

Deno.test("toBoundedNfc: returns the NFC of a text up to the limit", () => {
  assertEquals(toBoundedNfc("e\u0301", 2), "é");
  assertEquals(toBoundedNfc("x".repeat(15), 10), "x".repeat(15));
  assertEquals(toBoundedNfc("x".repeat(16), 10), null);
  assertEquals(toBoundedNfc("", 0), "");
});
