import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { findProgram } from "./programs.ts";
import { CURL } from "./rivals/curl.ts";
import type { Rival, RunningRival } from "./rivals/rival.ts";
import { RSYNC } from "./rivals/rsync.ts";
import { SCP } from "./rivals/scp.ts";
import { TCP_CHAT } from "./rivals/tcp_chat.ts";

const NAME = "compared.bin";
const OTHERS: readonly Rival[] = [CURL, RSYNC, SCP];

/** A rival in the comparison. */
interface Entrant {
  readonly rival: Rival;
  /** The running rival, or the reason why it does not take part. */
  readonly running: RunningRival | string;
  /** The time of each round. */
  readonly seconds: number[];
}

/**
 * Measures the download of a large file with our own programs and with other installed programs, in
 * turns, each from the start of its client to its end.
 */
export async function measureComparison(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  fixture.addFile(NAME, largeBytes);
  await fixture.waitUntilHashable();
  await using services = new AsyncDisposableStack();
  const entrants: Entrant[] = [];
  for (const rival of [TCP_CHAT, ...OTHERS]) {
    const running = await start(fixture, rival);
    if (typeof running !== "string") services.use(running);
    entrants.push({ rival, running, seconds: [] });
  }
  for (let round = -1; round < rounds; round++) { // A warm-up round first
    for (const { running, seconds } of entrants) {
      if (typeof running === "string") continue;
      const took = await fetchOnce(fixture, running);
      if (round >= 0) seconds.push(took);
    }
  }
  fixture.removeFile(NAME);
  return [...entrants.map((entrant) => figure(entrant, largeBytes)), compare(entrants)];
}

/** Starts a rival, or returns the reason why it cannot be started. */
async function start(fixture: BenchFixture, rival: Rival): Promise<RunningRival | string> {
  const found = rival.programs.map((name) => [name, findProgram(name)] as const);
  const missing = found.filter(([, path]) => path === null).map(([name]) => name);
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  try {
    return await rival.start(fixture, Object.fromEntries(found) as Record<string, string>);
  } catch (error) {
    if (rival === TCP_CHAT) throw error;
    return error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error);
  }
}

async function fetchOnce(fixture: BenchFixture, running: RunningRival): Promise<number> {
  const directory = fixture.addFolder("fetched");
  const seconds = await running.fetch(NAME, directory);
  Deno.removeSync(directory, { recursive: true });
  return seconds;
}

function figure({ rival, running, seconds }: Entrant, sizeBytes: number): Figure {
  const name = `${formatNumber(sizeBytes / MIB)} MiB, ${rival.name}`;
  if (typeof running === "string") return { name, value: NaN, unit: "s", note: running };
  const value = median(seconds);
  const rate = formatNumber(sizeBytes / MIB / value);
  const note = `${formatSpread(seconds)} s, ${rate} MiB/s; verifies ${rival.verifies}`;
  return { name, value, unit: "s", note };
}

/** Compares tcp-chat with the fastest other program that also verifies SHA-256. */
function compare([ours, ...others]: readonly Entrant[]): Figure {
  const [fastest] = others
    .filter(({ rival, seconds }) => rival.isSha256 && seconds.length > 0)
    .sort((a, b) => median(a.seconds) - median(b.seconds));
  const seconds = ours?.seconds ?? [];
  return {
    name: `${TCP_CHAT.name} against the fastest other that verifies SHA-256`,
    value: fastest === undefined
      ? NaN
      : median(seconds.map((each, round) => each / fastest.seconds[round]!)),
    unit: "× its time",
    goal: atMost(1),
    note: fastest === undefined ? "none is installed" : fastest.rival.name,
  };
}
