import { assertEquals } from "@std/assert";
import { defined } from "../../lib/cli/options/defined.ts";

Deno.test("defined: leaves out the members that are undefined, and only those", () => {
  const members = { a: undefined, b: null, c: 0, d: "", e: false, f: "x" };
  assertEquals(Object.entries(defined(members)), [
    ["b", null],
    ["c", 0],
    ["d", ""],
    ["e", false],
    ["f", "x"],
  ]);
  assertEquals(defined({}), {});
});

Deno.test("defined: has a type that optional members take", () => {
  const wanted: string | undefined = undefined;
  const options: { readonly name?: string } = defined({ name: wanted });
  assertEquals("name" in options, false);
});
