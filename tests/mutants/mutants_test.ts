import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { ROOT } from "../helpers/source_files.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { type Mutant, mutantsOf, mutate, tests } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { runMutants } from "./run_mutants.ts";

/** Of each kind one, with killers that take less than two seconds. */
const QUICK = [
  "a file is read without the right to",
  "the quick download of small files checks no right",
  "a banned address is admitted",
  "any password is right",
  "a frame may be one byte too large",
  "a path leads upwards",
  "a wrong hash is accepted",
  "a file is not synced before it gets its name",
];

function readMutated(mutant: Mutant): string {
  return mutate(Deno.readTextFileSync(join(ROOT, mutant.file)), mutant);
}

Deno.test("mutate: replaces the original, which must occur exactly once", () => {
  const [mutant] = mutantsOf("a.ts", tests("a"), { "breaks": ["a $& b", "$& c"] });
  assertEquals(mutate("x a $& b y", mutant!), "x $& c y");
  for (const text of ["", "a $& b, a $& b"]) {
    assertThrows(() => mutate(text, mutant!), Error, '"breaks"');
  }
});

Deno.test("MUTANTS: are at least 80, each with its name, its change and its killers", () => {
  assert(MUTANTS.length >= 80, `${MUTANTS.length}`);
  assertEquals(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
  const paths = MUTANTS.flatMap(({ killer }) => killer.filter((arg) => arg.endsWith(".ts")));
  for (const path of new Set(paths)) assert(Deno.statSync(join(ROOT, path)).isFile, path);
});

Deno.test("MUTANTS: each finds its original once, and the result parses", async () => {
  using folder = new TempDir();
  const failures: string[] = [];
  for (const [i, mutant] of MUTANTS.entries()) {
    try {
      folder.write(`${i}.ts`, readMutated(mutant));
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  assertEquals(failures, []);
  // Formats in place, and fails only for a file that does not parse
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "-q", "--no-config", folder.path],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});

Deno.test("runMutants: reports a defect that no test finds, and restores the file", async () => {
  const killer = tests("async/condition");
  const file = "lib/async/condition.ts";
  const defects = mutantsOf(file, killer, {
    "does not wait": ["return this.#waiters.promise;", "return Promise.resolve();"],
    "does nothing": ["/** Resolves all pending waits. */", ""],
  });
  const verdicts = await runMutants(defects, { jobs: 1, onVerdict: () => {} });
  assertEquals(verdicts.map(({ failed }) => failed), [true, false]);
});

Deno.test("deno task mutants: kills one of each kind", async () => {
  const quick = MUTANTS.filter(({ name }) => QUICK.includes(name));
  assertEquals(quick.length, QUICK.length);
  const verdicts = await runMutants(quick, { jobs: 2, onVerdict: () => {} });
  const survived = verdicts.filter(({ failed }) => !failed).map(({ mutant }) => mutant.name);
  assertEquals(survived, []);
});
