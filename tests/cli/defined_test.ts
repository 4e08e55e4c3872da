import { assertEquals } from "@std/assert";
import { defined } from "../../lib/cli/options/defined.ts";

Deno.test("defined: leaves out the members that are undefined, and only those", () => {
  const members = { a: undefined, b: null, c: 0, d: "", e: false, f: "x" };
  assertEquals(Object.entries(defined<typeof members>(members)), [
    ["b", null],
    ["c", 0],
    ["d", ""],
    ["e", false],
    ["f", "x"],
  ]);
  assertEquals(defined<typeof members>({}), {});
});

Deno.test("defined: has a type that optional members take", () => {
  const wanted: string | undefined = undefined;
  const options: { readonly name?: string } = defined({ name: wanted });
  assertEquals("name" in options, false);
});

Deno.test("defined: has a type that refuses members which the options do not have", () => {
  interface Options {
    readonly name?: string;
  }
  const [name, other]: (string | undefined)[] = ["a", "b"];
  // @ts-expect-error The options have no such member
  const wrong: Options = { ...defined<Options>({ name, nmae: other }) };
  // @ts-expect-error The options are not named
  const untyped = defined({ name });
  assertEquals([wrong.name, Object.keys(untyped)], ["a", ["name"]]);
});
