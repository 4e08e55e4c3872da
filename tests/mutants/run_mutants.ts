import type { Killer, Mutant } from "./mutant.ts";
import { type CommandResult, ProjectCopy } from "./project_copy.ts";

/** A mutant and what became of it. */
export interface Verdict extends CommandResult {
  readonly mutant: Mutant;
}

/** Options of {@link runMutants}. */
export interface RunOptions {
  /** Copies of the project at work at the same time. */
  readonly jobs: number;
  /** Called after each mutant. */
  readonly onVerdict: (verdict: Verdict) => void;
}

/**
 * Runs the killers of all mutants, each on a copy of the project with that defect only.
 *
 * @returns the verdicts in the order of the mutants
 * @throws {Error} if an original text is not found exactly once, or a killer fails without a defect
 */
export async function runMutants(
  mutants: readonly Mutant[],
  { jobs, onVerdict }: RunOptions,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  await inCopies(jobs, mutants.entries(), async (copy, [i, mutant]) => {
    verdicts[i] = { mutant, ...await copy.run(mutant) };
    onVerdict(verdicts[i]);
  });
  return verdicts;
}

/** The killers that fail without a defect, with their output: they prove nothing. */
export async function failingKillers(
  mutants: readonly Mutant[],
  jobs: number,
): Promise<string[]> {
  const failures: string[] = [];
  await inCopies(jobs, baseline(mutants).values(), async (copy, killer) => {
    const { failed, output } = await copy.command(killer);
    if (failed) failures.push(`deno ${killer.join(" ")}\n${output}`);
  });
  return failures;
}

/** The distinct killers; all test files become one command each. */
function baseline(mutants: readonly Mutant[]): Killer[] {
  const commands = new Map<string, Killer>();
  for (const { killer } of mutants) {
    const files = killer.filter((arg) => arg.endsWith("_test.ts"));
    const options = killer.filter((arg) => !files.includes(arg));
    for (const command of files.length === 0 ? [killer] : files.map((file) => [...options, file])) {
      commands.set(command.join(" "), command);
    }
  }
  return [...commands.values()];
}

/** Runs `work` on all items, several at a time, each in a copy of the project that it has alone. */
async function inCopies<T>(
  jobs: number,
  items: Iterable<T>,
  work: (copy: ProjectCopy, item: T) => Promise<void>,
): Promise<void> {
  const left = Iterator.from(items);
  const workThrough = async () => {
    using copy = new ProjectCopy();
    for (const item of left) await work(copy, item);
  };
  await Promise.all(Array.from({ length: jobs }, workThrough));
}
