import { join } from "@std/path";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { runClient, startServerProgram } from "./programs.ts";
import { inTurns } from "./turns.ts";
import type { BenchFixture } from "./fixture.ts";

const SIZE_BYTES = 4096;
const CONNECTIONS = 4;
const FOLDER = "many";
const SINGLE = "single.bin";
/** How to share the work among connections. */
const SHARED = ["--jobs", String(CONNECTIONS)];

/**
 * A folder of many small files with the programs themselves, each way, from the start of the
 * client to its end. What that takes for a single file is told apart.
 */
export async function measureManyFiles(place: BenchFixture): Promise<Figure[]> {
  const { manyFiles, rounds } = place.scale;
  for (const parent of [place.served, place.sent]) addFiles(parent, manyFiles);
  await place.settle();
  const { service, address } = await startServerProgram(place);
  await using _ = service;
  const get = (path: string) => getOnce(place, address, path);
  const put = (path: string) => putOnce(place, address, path);
  for (const path of [FOLDER, SINGLE]) await get(path); // The hashes are known from now on
  const seconds = await inTurns(rounds, {
    get: () => get(FOLDER),
    getSingle: () => get(SINGLE),
    put: () => put(FOLDER),
    putSingle: () => put(SINGLE),
  });
  for (const parent of [place.served, place.sent]) {
    Deno.removeSync(join(parent, FOLDER), { recursive: true });
    place.removeFile(SINGLE, parent);
  }
  return [
    figure("get", manyFiles, seconds.get, seconds.getSingle),
    figure("put", manyFiles, seconds.put, seconds.putSingle),
  ];
}

function addFiles(parent: string, count: number): void {
  Deno.mkdirSync(join(parent, FOLDER));
  writeFile(join(parent, SINGLE));
  for (let i = 0; i < count; i++) writeFile(join(parent, FOLDER, `small${i}.bin`));
}

function writeFile(path: string): void {
  Deno.writeFileSync(path, crypto.getRandomValues(new Uint8Array(SIZE_BYTES)));
}

async function getOnce(place: BenchFixture, address: string, path: string): Promise<number> {
  const directory = join(place.received, "got");
  const seconds = await runClient(["get", address, path, "--output", directory, ...SHARED]);
  Deno.removeSync(directory, { recursive: true });
  return seconds;
}

async function putOnce(place: BenchFixture, address: string, path: string): Promise<number> {
  const target = "put";
  Deno.mkdirSync(join(place.served, target));
  const args = ["put", address, join(place.sent, path), "--to", target, ...SHARED];
  const seconds = await runClient(args);
  Deno.removeSync(join(place.served, target), { recursive: true });
  return seconds;
}

function figure(
  command: "get" | "put",
  files: number,
  seconds: readonly number[],
  singleSeconds: readonly number[],
): Figure {
  const rates = seconds.map((each) => files / each);
  const startSeconds = median(singleSeconds);
  const without = files / (median(seconds) - startSeconds);
  return {
    name: `${command} of ${formatNumber(files)} files of 4 KiB, -j ${CONNECTIONS}, protocol 2`,
    value: median(rates),
    unit: "files/s",
    goal: atLeast(3_000),
    note: `${formatSpread(rates)}; ${formatNumber(without)} without the ` +
      `${formatNumber(startSeconds)} s that a single file takes`,
  };
}
