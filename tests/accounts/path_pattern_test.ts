import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { PathPattern } from "../../lib/accounts/path_pattern.ts";
import { PATIENCE } from "../helpers/deadline.ts";

const split = (path: string) => path === "" ? [] : path.split("/");
const pattern = (text: string) => new PathPattern(split(text));
const covers = (text: string, path: string) => pattern(text).covers(split(path));
const reaches = (text: string, path: string) => pattern(text).reachesBelow(split(path));

/** Each pattern with paths it covers, and paths it does not cover. */
const CASES: Record<string, [covered: string[], others: string[]]> = {
  "": [["", "a", "a/b"], []],
  "**": [["", "a", "a/b"], []],
  "a": [["a", "a/b", "a/b/c"], ["", "b", "A", "aa", "b/a"]],
  "a/**": [["a", "a/b", "a/b/c"], ["", "b", "b/a"]],
  "a/*": [["a/b", "a/b/c"], ["a", "b/a"]],
  "*": [["a", "a/b", "日本"], [""]],
  "*.txt": [["a.txt", ".txt", "a.txt/b"], ["a.txt.gz", "b/a.txt", "a.TXT", "atxt"]],
  "**/*.txt": [["a.txt", "b/a.txt", "b/c/a.txt", "b/a.txt/d"], ["a.txt.gz", "txt"]],
  "a/**/b": [["a/b", "a/c/b", "a/c/d/b", "a/c/b/d"], ["a", "a/c", "b"]],
  "a/**/b/*/c": [["a/b/x/c", "a/b/b/x/c", "a/b/x/b/b/c"], ["a/b/c", "a/b/x/x/c"]],
  "a*b*c": [["abc", "aXbXc", "abcbc", "abbcc"], ["ab", "bc", "abcd", "a/b/c"]],
  "?": [["a", "é", "😀"], ["", "ab", "😀a"]],
  "a?c": [["abc", "a😀c"], ["ac", "abbc", "a/c"]],
  "*?": [["a", "😀"], [""]],
  "a.b[c]+(d)": [["a.b[c]+(d)"], ["axb[c]+(d)", "a.bc"]],
  "My Files": [["My Files/x"], ["My", "My/Files"]],
};

Deno.test("PathPattern.covers: is true for matching paths and all paths below, only", () => {
  for (const [text, [covered, others]] of Object.entries(CASES)) {
    for (const path of covered) assert(covers(text, path), `${text} must cover ${path}`);
    for (const path of others) assert(!covers(text, path), `${text} must not cover ${path}`);
  }
});

Deno.test("PathPattern.text: is the same shortest form for equal patterns", () => {
  for (const text of ["a", "a/**", "a/**/**"]) assertEquals(pattern(text).text, "a");
  for (const text of ["", "**", "**/**"]) assertEquals(pattern(text).text, "");
  assertEquals(pattern("**/**/a/**/**/b/**").text, "**/a/**/b");
});

Deno.test("PathPattern.reachesBelow: is true for the folders above a covered path", () => {
  for (const path of ["", "a", "a/b", "a/b/c", "a/b/c/d"]) assert(reaches("a/b/c", path), path);
  for (const path of ["b", "a/c", "a/b/d", "a/b/d/e"]) assert(!reaches("a/b/c", path), path);
  for (const path of ["", "x", "x/y"]) assert(reaches("**/c", path));
  for (const path of ["", "a", "a/x", "a/x/b", "a/x/b/c/d"]) assert(reaches("a/*/b", path));
  for (const path of ["b", "a/x/c"]) assert(!reaches("a/*/b", path));
});

const component = fc.string({ unit: fc.constantFrom("a", "b", "."), minLength: 1, maxLength: 4 });
const path = fc.array(component, { maxLength: 5 });
const patternComponent = fc.oneof(
  fc.constant("**"),
  fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "."), minLength: 1, maxLength: 4 })
    .filter((text) => !text.includes("**")),
);
const patternComponents = fc.array(patternComponent, { maxLength: 5 });

/** The pattern as a regular expression: slow, but obvious. */
function oracle(components: readonly string[]): RegExp {
  const parts = components.map((text) => {
    if (text === "**") return "(?:[^/]+/)*";
    const escaped = text.replaceAll(".", "\\.").replaceAll("?", "[^/]");
    return escaped.replaceAll("*", "[^/]*") + "/";
  });
  return new RegExp(`^${parts.join("")}`);
}

Deno.test("PathPattern.covers: agrees with the regular expression of any pattern", () => {
  fc.assert(
    fc.property(patternComponents, path, (components, at) => {
      const slashed = at.map((text) => `${text}/`).join("");
      assertEquals(new PathPattern(components).covers(at), oracle(components).test(slashed));
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("PathPattern.reachesBelow: is true for every folder above a covered path", () => {
  fc.assert(
    fc.property(patternComponents, path, path, (components, folder, rest) => {
      const any = new PathPattern(components);
      if (any.covers([...folder, ...rest])) assert(any.reachesBelow(folder));
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("PathPattern.covers: is fast even for malicious patterns and paths", () => {
  const stars = pattern("**/*a*a*a*a*a*a*a*a*b/**/*a*a*a*a*b/**/x");
  const depths = pattern("**/a/**/a/**/a/**/a/**/a/**/b");
  const wide = Array.from({ length: 16 }, () => "a".repeat(255));
  const deep = Array.from({ length: 2_048 }, () => "a");
  const before = performance.now();
  for (const at of [wide, deep]) {
    assert(!stars.covers(at));
    assert(!depths.covers(at));
  }
  assert(performance.now() - before < 1_000 * PATIENCE);
});
