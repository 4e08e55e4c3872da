/**
 * Kills, cuts and corrupts transfers between the real programs, and checks the resulting files.
 *
 *     deno task faults [--cycles N] [--seconds N] [--only NAME] [--seed N] [--from N] [--small] [--json]
 *
 * All random choices derive from the seed. The folder of a failed cycle is kept.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { KINDS } from "./kinds.ts";
import { runKind } from "./run_kind.ts";
import { formatTable, type Tally, toJson } from "./tally.ts";

/** The exit code if this machine can run none of the kinds. */
export const NOT_RUN = 77;

const USAGE =
  `Usage: faults [--cycles N] [--seconds N] [--only NAME] [--seed N] [--from N] [--small] [--json]
Names: ${KINDS.map(({ name }) => name).join(", ")}
--small: move folders of many small files, where the kind moves folders`;

async function main(): Promise<number> {
  const { only, small, json, help, _: rest, ...numbers } = parseArgs(Deno.args, {
    boolean: ["small", "json", "help"],
    string: ["only", "cycles", "seconds", "seed", "from"],
  });
  const kinds = KINDS.filter(({ name }) => only === undefined || name === only);
  const [cycles, seconds, seed, from] = [
    numbers.cycles,
    numbers.seconds,
    numbers.seed,
    numbers.from,
  ].map(readNumber);
  const hasNumbers = ![cycles, seconds, seed, from].some(Number.isNaN);
  const isValid = rest.length === 0 && kinds.length > 0 && hasNumbers;
  if (help || !isValid) {
    console.error(USAGE);
    return help ? 0 : 2;
  }
  return await runAll(kinds, {
    seed: seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
    cycles: cycles ?? null,
    seconds: seconds ?? null,
    firstCycle: from ?? 0,
    small: small === true,
    json: json === true,
  });
}

/** `NaN` if the text is no number, `undefined` if it is not given. */
function readNumber(text: unknown): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(String(text)) ? Number(text) : NaN;
}

interface AllOptions {
  readonly seed: number;
  /** `null` for the numbers of the full run. */
  readonly cycles: number | null;
  /** How long each kind runs at the most; `null` for the time of the full run. */
  readonly seconds: number | null;
  readonly firstCycle: number;
  readonly small: boolean;
  readonly json: boolean;
}

async function runAll(kinds: typeof KINDS, options: AllOptions): Promise<number> {
  const { seed, firstCycle, small, json } = options;
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "tcp-chat-faults-" }));
  console.error(`Seed ${seed}`);
  const tallies: Tally[] = [];
  for (const kind of kinds) {
    // A number of cycles or of seconds takes the place of both
    const isFull = options.cycles === null && options.seconds === null;
    const cycles = options.cycles ?? (isFull ? kind.cycles : Infinity);
    const seconds = options.seconds ?? (isFull ? kind.seconds : undefined) ?? Infinity;
    const onCycle = (tally: Tally) => showProgress(tally, cycles);
    const tally = await runKind(kind, {
      seed,
      cycles,
      seconds,
      firstCycle,
      small,
      folder,
      onCycle,
    });
    tallies.push(tally);
    clearProgress();
    if (tally.notRun !== null) console.error(`${kind.name} is NOT run: ${tally.notRun}`);
    for (const failure of tally.failures) console.error(`\nFAILED: ${failure}`);
  }
  console.log(
    json ? JSON.stringify({ seed, kinds: tallies.map(toJson) }, null, 2) : formatTable(tallies),
  );
  const failures = tallies.reduce((sum, tally) => sum + tally.failures.length, 0);
  if (failures === 0) Deno.removeSync(folder, { recursive: true });
  else console.error(`${failures} failed. Seed ${seed}; the files are in ${folder}`);
  if (failures > 0) return 1;
  return tallies.every(({ notRun }) => notRun !== null) ? NOT_RUN : 0;
}

function showProgress({ kind, cycles, failures }: Tally, total: number): void {
  if (!Deno.stderr.isTerminal()) return;
  const text = `\r\x1b[K${kind.name}: ${cycles}${
    total === Infinity ? "" : ` of ${total}`
  }, ${failures.length} failed`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function clearProgress(): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
}

if (import.meta.main) Deno.exitCode = await main();
