/**
 * Puts one defect at a time into a copy of the project, and checks that the tests named for it fail.
 *
 *     deno task mutants [--only TEXT] [--jobs N] [--no-baseline]
 *
 * `--only` runs the mutants whose name or file holds the text.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { MUTANTS } from "./mutants.ts";
import { failingKillers, runMutants, type Verdict } from "./run_mutants.ts";

const USAGE = "Usage: mutants [--only TEXT] [--jobs N] [--no-baseline]";

async function main(): Promise<number> {
  const options = parseArgs(Deno.args, {
    string: ["only", "jobs"],
    boolean: ["no-baseline", "help"],
  });
  const jobs = Number(options.jobs ?? navigator.hardwareConcurrency);
  const only = String(options.only ?? "");
  const mutants = MUTANTS.filter(({ name, file }) => `${file}: ${name}`.includes(only));
  if (options.help || options._.length > 0 || !(jobs >= 1) || mutants.length === 0) {
    console.error(USAGE);
    return options.help ? 0 : 2;
  }
  const failing = options["no-baseline"] ? [] : await failingKillers(mutants, jobs);
  for (const failure of failing) console.error(`FAILS WITHOUT A DEFECT: ${failure}`);
  if (failing.length > 0) return 1;
  const verdicts = await runMutants(mutants, { jobs, onVerdict: print });
  const killed = verdicts.filter(({ failed }) => failed).length;
  const notRun = verdicts.filter(({ isNotRun }) => isNotRun).length;
  const survived = verdicts.length - killed - notRun;
  const rest = notRun === 0 ? "" : `, ${notRun} not run: this machine cannot`;
  console.log(`${killed} killed, ${survived} survived${rest}`);
  return survived === 0 ? 0 : 1;
}

function print(verdict: Verdict): void {
  const { mutant: { file, name, killer }, seconds } = verdict;
  const outcome = outcomeOf(verdict);
  console.log(`${outcome.padEnd(9)} ${seconds.toFixed(1).padStart(5)} s  ${file}: ${name}`);
  if (outcome === "SURVIVED") console.log(`          in spite of deno ${killer.join(" ")}`);
}

function outcomeOf({ failed, isTimedOut, isNotRun }: Verdict): string {
  if (isTimedOut) return "timed out";
  if (isNotRun) return "not run";
  return failed ? "killed" : "SURVIVED";
}

if (import.meta.main) Deno.exit(await main());
