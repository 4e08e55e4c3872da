import { assertEquals } from "@std/assert";
import { isYes } from "../../lib/cli/texts/is_yes.ts";

Deno.test("isYes: takes the words for yes, and no other that begins as they do", () => {
  for (const answer of ["y", "Y", " yes ", "s", "SIM"]) assertEquals(isYes(answer), true, answer);
  for (const answer of [null, undefined, "", "n", "stop", "skip", "j", "yes?", "y n"]) {
    assertEquals(isYes(answer), false, String(answer));
  }
});
