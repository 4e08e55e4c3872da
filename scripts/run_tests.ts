/**
 * Runs all tests: in four processes beside each other, since many tests wait for a deadline or a program,
 * and then alone those that measure. With arguments runs in one process what they name, as `deno test`.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { fromFileUrl, join } from "@std/path";
import { TextLineStream } from "@std/streams/text-line-stream";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
/** The folders of three processes; a fourth one has all else, which takes about as long. */
const GROUPS = [
  ["tests/e2e"],
  ["tests/hostile", "tests/client", "tests/faults"],
  ["tests/cluster", "tests/browser", "tests/discovery"],
];
/** Folders with hooks, which would run around the tests of all files that are loaded together. */
const APART = ["tests/browser"];
/** Its tests measure how long something takes, alone. */
const MEASURED = ["tests/measured"];
/** How much longer tests wait beside the other processes. */
const PATIENCE_BESIDE = 3;

/** Tests counted by what came of them. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/** The counts that `deno test` prints at its end; `null` if it broke off. */
export function readCounts(output: string): TestCounts | null {
  const summary = stripVTControlCharacters(output).match(/^(?:ok|FAILED) \| \d+ passed .*$/gm)?.at(
    -1,
  );
  if (summary === undefined) return null;
  const count = (kind: string) => Number(summary.match(`(\\d+) ${kind}`)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}

/** The names of the tests that failed, from the end of the output of `deno test`. */
export function readFailures(output: string): string[] {
  const [, list = ""] = stripVTControlCharacters(output).split(/^ FAILURES $/m);
  return list.split("\n").filter((line) => line.includes(" => "));
}

/** The last line of the run, as that of `deno test`. */
export function formatCounts(all: readonly TestCounts[], isOk: boolean, elapsedMs: number): string {
  const [passed, failed, ignored] = (["passed", "failed", "ignored"] as const)
    .map((kind) => all.reduce((sum, counts) => sum + counts[kind], 0));
  const seconds = Math.round(elapsedMs / 1000);
  const time = `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${
    isOk ? "ok" : "FAILED"
  } | ${passed} passed | ${failed} failed | ${ignored} ignored (${time})`;
}

/** What came of one `deno test`. */
interface TestRun {
  readonly code: number;
  readonly output: string;
}

/**
 * @param isShown whether its lines are printed as they come
 * @param patience the least `TEST_PATIENCE`
 */
async function runTests(
  paths: readonly string[],
  isShown: boolean,
  patience: number,
): Promise<TestRun> {
  const asked = Number(Deno.env.get("TEST_PATIENCE")) || 1;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...paths], // `deno task check` checks all types, once
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    env: {
      TEST_PATIENCE: `${Math.max(patience, asked)}`,
      ...Deno.stdout.isTerminal() && { FORCE_COLOR: "1" },
    },
  }).spawn();
  const lines: string[] = [];
  const read = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of read) {
    lines.push(line);
    if (isShown) console.log(line);
  }
  return { code: (await child.status).code, output: lines.join("\n") };
}

/**
 * Writes for each folder one module that imports its test files: `deno test` loads what a file imports
 * anew for every file that it is given, which takes two minutes of CPU for all of them.
 *
 * @param folder for the modules
 * @returns the paths to run in place of `paths`
 */
export function loadTogether(paths: readonly string[], folder: string): string[] {
  return paths.map((path) => {
    if (path.endsWith(".ts") || APART.includes(path)) return path;
    const imports = [...Deno.readDirSync(join(ROOT, path))].map(({ name }) => name)
      .filter((name) => name.endsWith("_test.ts")).sort()
      .map((name) => `import "${new URL(`../${path}/${name}`, import.meta.url).href}";\n`);
    const module = join(folder, `${path.replaceAll("/", "_")}_test.ts`);
    Deno.writeTextFileSync(module, imports.join(""));
    return module;
  });
}

/** What is in the folder of the tests, but for the folders that are named above. */
function otherPaths(): string[] {
  const named = [...GROUPS, MEASURED].flat();
  return [...Deno.readDirSync(`${ROOT}tests`)]
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith("_test.ts"))
    .map(({ name }) => `tests/${name}`)
    .filter((path) => !named.includes(path));
}

async function runAll(): Promise<number> {
  const startedMs = performance.now();
  // Several outputs at once cannot be read: those of the others follow
  const folder = Deno.makeTempDirSync({ prefix: "tcp-chat-tests-" });
  const [shown = [], ...others] = [...GROUPS, otherPaths()]
    .map((paths) => loadTogether(paths, folder));
  const hidden = others.map((paths) => runTests(paths, false, PATIENCE_BESIDE));
  const runs = [await runTests(shown, true, PATIENCE_BESIDE)];
  for (const run of hidden) {
    const { code, output } = await run;
    console.log(output);
    runs.push({ code, output });
  }
  runs.push(await runTests(MEASURED, true, 1));
  Deno.removeSync(folder, { recursive: true });
  const counts = runs.map(({ output }) => readCounts(output));
  const isOk = runs.every(({ code }) => code === 0) && !counts.includes(null);
  const failures = runs.flatMap(({ output }) => readFailures(output));
  if (failures.length > 0) console.log(`\n FAILURES\n\n${failures.join("\n")}`);
  const known = counts.filter((each) => each !== null);
  console.log(`\n${formatCounts(known, isOk, performance.now() - startedMs)}`);
  return isOk ? 0 : 1;
}

async function runNamed(args: readonly string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), { args: ["test", "-A", ...args] });
  return (await command.spawn().status).code;
}

if (import.meta.main) {
  Deno.exit(Deno.args.length === 0 ? await runAll() : await runNamed(Deno.args));
}
