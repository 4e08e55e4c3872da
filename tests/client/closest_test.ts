import { assertEquals } from "@std/assert";
import { closest } from "../../lib/client/closest.ts";

const NAMES = ["port", "host", "root", "max-clients", "max-workers", "quiet", "no-chat"];

const NEAR: Array<[word: string, name: string]> = [
  ["port", "port"],
  ["prot", "port"],
  ["por", "port"],
  ["ports", "port"],
  ["max-client", "max-clients"],
  ["maxworkers", "max-workers"],
  ["quite", "quiet"],
  ["QUIET", "quiet"],
  ["nochat", "no-chat"],
];

for (const [word, name] of NEAR) {
  Deno.test(`closest: finds ${name} for ${word}`, () => {
    assertEquals(closest(word, NAMES), name);
  });
}

Deno.test("closest: takes no word of two letters for the beginning of a longer one", () => {
  assertEquals([closest("message", ["me", "ls"]), closest("lss", ["me", "ls"])], [null, "ls"]);
});

for (const word of ["xyzzy", "download", "zzzzzzzzzzzz"]) {
  Deno.test(`closest: returns null for ${word}`, () => {
    assertEquals(closest(word, NAMES), null);
  });
}
