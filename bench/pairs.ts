import { join } from "@std/path";
import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { learnHashes } from "./hashes.ts";
import {
  findProgram,
  readCpuSeconds,
  run,
  runClient,
  type Service,
  startServerProgram,
} from "./programs.ts";
import { RSYNC_MODULE, startRsync } from "./rivals/rsync.ts";

const NAME = "paired.bin";
const GIB = 1024 * MIB;
/** Pairs for each round of the scale: single ones differ by a third. */
const PAIRS_PER_ROUND = 3;

type Direction = "download" | "upload";

/** The goals: our time by rsync's, and CPU seconds of both ends for each GiB. */
const GOALS = { download: { ratio: 0.9, cpu: 2.8 }, upload: { ratio: 1, cpu: null } } as const;

/** Whole programs, whose server is running. */
interface Programs {
  readonly service: Service;
  /** Moves the large file to a place where it is not. */
  readonly move: (direction: Direction) => Promise<number>;
}

/** What transfers of the large file have taken. */
interface Taken {
  readonly seconds: number[];
  /** CPU seconds of all clients together. */
  clientCpu: number;
}

/**
 * Measures the transfer of a large file, both ways, by our programs and by rsync, one behind the other:
 * each pair meets the same other load. rsync checks no SHA-256.
 */
export async function measurePairs(fixture: BenchFixture): Promise<Figure[]> {
  const rsync = findProgram("rsync");
  if (rsync === null) return [{ name: "pairs", value: NaN, unit: "", note: "rsync is missing" }];
  const { largeBytes } = fixture.scale;
  fixture.addFile(NAME, largeBytes);
  fixture.addFile(NAME, largeBytes, fixture.sent);
  await fixture.waitUntilHashable();
  const ours = await startOurs(fixture);
  await using _ours = ours.service;
  const theirs = await startTheirs(fixture, rsync);
  await using _theirs = theirs.service;
  const figures: Figure[] = [];
  for (const direction of ["download", "upload"] as const) {
    figures.push(...await measureDirection(fixture, direction, [ours, theirs]));
  }
  fixture.removeFile(NAME, fixture.sent);
  return figures;
}

async function startOurs(fixture: BenchFixture): Promise<Programs> {
  const { service, address, port } = await startServerProgram(fixture);
  await learnHashes(port, [NAME]);
  const move = (direction: Direction) =>
    direction === "download"
      ? runClient(["get", address, NAME, "--output", fixture.received])
      : runClient(["put", address, join(fixture.sent, NAME)]);
  return { service, move };
}

async function startTheirs(fixture: BenchFixture, rsync: string): Promise<Programs> {
  const { service, port } = await startRsync(fixture, rsync);
  const url = `rsync://127.0.0.1:${port}/${RSYNC_MODULE}/`;
  const move = (direction: Direction) =>
    direction === "download"
      ? run(rsync, [url + NAME, `${fixture.received}/`])
      : run(rsync, [join(fixture.sent, NAME), url]);
  return { service, move };
}

async function measureDirection(
  fixture: BenchFixture,
  direction: Direction,
  programs: readonly [Programs, Programs],
): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  const arrives = direction === "download" ? fixture.received : fixture.served;
  if (direction === "upload") fixture.removeFile(NAME);
  const moveBoth = async (taken: readonly Taken[]) => {
    for (const [i, { move }] of programs.entries()) {
      const before = readCpuSeconds().ended;
      taken[i]!.seconds.push(await move(direction));
      taken[i]!.clientCpu += readCpuSeconds().ended - before;
      fixture.removeFile(NAME, arrives);
    }
  };
  await moveBoth(newTaken()); // A warm-up
  const taken = newTaken();
  const before = programs.map(({ service }) => service.cpuSeconds());
  for (let pair = 0; pair < rounds * PAIRS_PER_ROUND; pair++) await moveBoth(taken);
  const cpuPerGib = programs.map(({ service }, i) => {
    const { seconds, clientCpu } = taken[i]!;
    const serverCpu = service.cpuSeconds() - before[i]!;
    return (clientCpu + serverCpu) / seconds.length * GIB / largeBytes;
  });
  return [timeFigure(direction, largeBytes, taken), cpuFigure(direction, cpuPerGib)];
}

function newTaken(): [Taken, Taken] {
  return [{ seconds: [], clientCpu: 0 }, { seconds: [], clientCpu: 0 }];
}

function timeFigure(direction: Direction, sizeBytes: number, taken: readonly Taken[]): Figure {
  const [ours, theirs] = taken.map(({ seconds }) => seconds);
  const ratios = ours!.map((seconds, pair) => seconds / theirs![pair]!);
  const times = [ours!, theirs!].map((seconds) => `${formatSpread(seconds)} s`);
  return {
    name: `${direction} of ${formatNumber(sizeBytes / MIB)} MiB, whole programs`,
    value: median(ratios),
    unit: "× rsync's time",
    goal: atMost(GOALS[direction].ratio),
    note: `${formatSpread(ratios)}; ${times.join(" to ")}`,
  };
}

function cpuFigure(direction: Direction, [ours, theirs]: readonly number[]): Figure {
  const { cpu } = GOALS[direction];
  return {
    name: `CPU of both ends, ${direction}`,
    value: ours!,
    unit: "s for each GiB",
    ...(cpu !== null && { goal: atMost(cpu) }),
    note: `rsync ${formatNumber(theirs!)}`,
  };
}
