import { assertEquals } from "@std/assert";
import { ExcludeRules, literalPattern, patternsIn } from "../../lib/files/exclude_rules.ts";

/** Which of the paths are left out; those of folders end in `/`. */
function excluded(rules: ExcludeRules, paths: readonly string[]): string[] {
  return paths.filter((path) => rules.excludes(path.replace(/\/$/, ""), path.endsWith("/")));
}

Deno.test("ExcludeRules: reads patterns as git does, and tells letter cases apart", () => {
  const cases: readonly [patterns: string[], paths: string[], excluded: string[]][] = [
    [["*.log"], ["a.log", "b/a.log", "a.LOG", "a.logs"], ["a.log", "b/a.log"]],
    [["/build"], ["build", "build/", "a/build"], ["build", "build/"]],
    [["build/"], ["build", "build/", "a/build/"], ["build/", "a/build/"]],
    [["a/b"], ["a/b", "c/a/b"], ["a/b"]],
    [["**/b"], ["b", "a/c/b"], ["b", "a/c/b"]],
    [["*.log", "!keep.log"], ["a.log", "keep.log"], ["a.log"]],
    [["a?c", "[xy].txt"], ["abc", "ac", "x.txt", "z.txt"], ["abc", "x.txt"]],
    [["\\#a"], ["#a", "a"], ["#a"]],
    [["caf\u0065\u0301"], ["caf\u00e9"], ["caf\u00e9"]],
    [[], ["a"], []],
  ];
  for (const [patterns, paths, expected] of cases) {
    assertEquals(excluded(ExcludeRules.of(patterns), paths), expected, patterns.join(" "));
  }
});

Deno.test("ExcludeRules.of: sees patterns from a folder, whatever its name", () => {
  for (const folder of ["a", "a b/c", "x[1]", "!a", "#a", "a*", "a\\b"]) {
    const rules = ExcludeRules.of(["*.o", "/top", "sub/x", "dir/", "!k.o"], folder);
    const paths = ["a.o", "b/a.o", "k.o", "top", "b/top", "sub/x", "b/sub/x", "b/dir/", "b/dir"];
    const inside = paths.map((path) => `${folder}/${path}`);
    const expected = ["a.o", "b/a.o", "top", "sub/x", "b/dir/"];
    assertEquals(excluded(rules, inside), expected.map((path) => `${folder}/${path}`), folder);
    assertEquals(excluded(rules, paths), []);
  }
});

Deno.test("ExcludeRules.withFile: the file counts after those above it, and before the patterns", () => {
  const rules = ExcludeRules.of(["!kept"]).withFile("", ["*.o", "kept"]).withFile("sub", ["!*.o"]);
  const paths = ["a.o", "sub/a.o", "sub/deep/a.o", "kept"];
  assertEquals(excluded(rules, paths), ["a.o"]);
});

Deno.test("patternsIn: takes a pattern from each line but those of comments", () => {
  assertEquals(patternsIn("\ufeffa\r\n\n# no\n  \n\\#b\n!c"), ["a", "\\#b", "!c"]);
});

Deno.test("literalPattern: takes no pattern of the command line for a comment", () => {
  const rules = ExcludeRules.of(["#*#"].map(literalPattern));
  assertEquals(excluded(rules, ["#a#", "a"]), ["#a#"]);
});
