import { assert, assertEquals } from "@std/assert";
import { numberedName, partName } from "../../lib/files/part_file.ts";
import { checkName } from "../../lib/protocol/path.ts";
import { utf8Length } from "../../lib/protocol/text.ts";
import { sha256Of } from "../helpers/bytes.ts";

Deno.test("partName is the name with .part, while that fits", () => {
  assertEquals(partName("a.txt"), "a.txt.part");
  assertEquals(partName("x".repeat(250)), "x".repeat(250) + ".part");
  assertEquals(partName("é".repeat(125)), "é".repeat(125) + ".part");
});

Deno.test("partName is a hash of a name that is too long", () => {
  for (const name of ["x".repeat(251), "x".repeat(255), "é".repeat(126)]) {
    assertEquals(partName(name), sha256Of(name) + ".part");
  }
});

Deno.test("numberedName puts the number before the extension", () => {
  assertEquals(numberedName("a.txt", 0), "a.txt");
  assertEquals(numberedName("a.txt", 1), "a (1).txt");
  assertEquals(numberedName("a.tar.gz", 12), "a.tar (12).gz");
  assertEquals(numberedName("README", 3), "README (3)");
  assertEquals(numberedName(".profile", 1), ".profile (1)");
  assertEquals(numberedName("名前.txt", 2), "名前 (2).txt");
});

Deno.test("numberedName cuts the stem of a name that grows too long, between characters", () => {
  assertEquals(numberedName("x".repeat(255), 1), "x".repeat(251) + " (1)");
  assertEquals(numberedName("x".repeat(251) + ".txt", 1), "x".repeat(247) + " (1).txt");
  assertEquals(numberedName("x".repeat(251) + ".txt", 9_999), "x".repeat(244) + " (9999).txt");
  assertEquals(numberedName("\u{1f600}".repeat(63) + "xyz", 1), "\u{1f600}".repeat(62) + " (1)");
  assertEquals(numberedName("x".repeat(251), 1), "x".repeat(251) + " (1)");
});

Deno.test("numberedName finds an allowed name for every name of 255 bytes", () => {
  for (let dot = 0; dot < 254; dot++) {
    const name = "x".repeat(dot) + "." + "y".repeat(254 - dot);
    for (const number of [1, 9_999]) {
      const numbered = numberedName(name, number);
      assertEquals(checkName(numbered), numbered);
      assert(utf8Length(numbered) <= 255);
      assert(numbered.includes(` (${number})`));
    }
  }
});
