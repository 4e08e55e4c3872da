import { assertEquals } from "@std/assert";
import { fromFileUrl, join, relative } from "@std/path";
import { formatCounts, loadTogether, readCounts, readFailures } from "../scripts/run_tests.ts";
import { ROOT, sourcesBelow } from "./helpers/source_files.ts";
import { TempDir } from "./helpers/temp_dir.ts";

Deno.test("readCounts reads the last line of a run, in colours too", () => {
  assertEquals(readCounts("a ... ok (1ms)\n\nok | 12 passed | 0 failed (2s)\n"), {
    passed: 12,
    failed: 0,
    ignored: 0,
  });
  const colored =
    "\x1b[0m\x1b[31mFAILED\x1b[0m | 4837 passed (3 steps) | 1 failed | 4 ignored \x1b[38;5;245m(21m)\x1b[0m";
  assertEquals(readCounts(`${colored}\n`), { passed: 4837, failed: 1, ignored: 4 });
});

Deno.test("readCounts takes a run that broke off for none", () => {
  assertEquals(readCounts("running 3 tests from ./tests/a_test.ts\na ... ok (1ms)\n"), null);
});

Deno.test("readFailures reads the names at the end of a run", () => {
  const end =
    " FAILURES \n\na: b => ./tests/a_test.ts:1:6\nc => ./tests/c_test.ts:9:6\n\nFAILED | 1 passed";
  const output = `a: b ... FAILED (1ms)\n\n ERRORS \n\na: b => ./tests/a_test.ts:1:6\n\n${end}\n`;
  assertEquals(readFailures(output), [
    "a: b => ./tests/a_test.ts:1:6",
    "c => ./tests/c_test.ts:9:6",
  ]);
  assertEquals(readFailures("ok | 2 passed | 0 failed (1s)\n"), []);
});

Deno.test("formatCounts adds the counts up", () => {
  const all = [{ passed: 3, failed: 0, ignored: 1 }, { passed: 4, failed: 2, ignored: 0 }];
  assertEquals(formatCounts(all, false, 61_400), "FAILED | 7 passed | 2 failed | 1 ignored (1m1s)");
  assertEquals(readCounts(formatCounts(all, false, 1)), { passed: 7, failed: 2, ignored: 1 });
});

Deno.test("loadTogether imports every test file of the folders, and has no hooks run around others' tests", () => {
  using temp = new TempDir();
  const folders = [...Deno.readDirSync(join(ROOT, "tests"))]
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => `tests/${name}`);
  const paths = loadTogether(folders, temp.path);
  const imported = paths.filter((path) => !folders.includes(path)).flatMap((path) =>
    [...Deno.readTextFileSync(path).matchAll(/^import "(.+)";$/gm)]
      .map(([, url]) => relative(ROOT, fromFileUrl(url!)).replaceAll("\\", "/"))
  );
  const tests = [...sourcesBelow("tests")].filter(({ path }) =>
    /\/.*\/(.+[._])?test\.tsx?$/.test(path) && !paths.some((apart) => path.startsWith(`${apart}/`))
  );
  assertEquals(imported.sort(), tests.map(({ path }) => path).sort());
  const withHooks = tests.filter(({ code }) => /\bDeno\.test\.(before|after)/.test(code));
  assertEquals(withHooks.map(({ path }) => path), []);
});
