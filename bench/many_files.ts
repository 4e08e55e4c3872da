import { join } from "@std/path";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { runClient, startServerProgram } from "./programs.ts";
import { inTurns } from "./turns.ts";

const SIZE_BYTES = 4096;
const CONNECTIONS = 4;
const FOLDER = "many";
const SINGLE = "single.bin";
/** The option that spreads the work over connections. */
const JOBS = ["--jobs", String(CONNECTIONS)];

/**
 * Measures a folder of many small files with the programs themselves, in both directions, from the
 * start of the client to its end. The time for a single file is reported separately.
 */
export async function measureManyFiles(fixture: BenchFixture): Promise<Figure[]> {
  const { manyFiles, rounds } = fixture.scale;
  for (const parent of [fixture.served, fixture.sent]) {
    fixture.addFiles(FOLDER, manyFiles, SIZE_BYTES, parent);
    fixture.addFile(SINGLE, SIZE_BYTES, parent);
  }
  await fixture.waitUntilHashable();
  const { service, address } = await startServerProgram(fixture);
  await using _ = service;
  const get = (path: string) => getOnce(fixture, address, path);
  const put = (path: string) => putOnce(fixture, address, path);
  for (const path of [FOLDER, SINGLE]) await get(path); // The hashes are known from now on
  const seconds = await inTurns(rounds, {
    get: () => get(FOLDER),
    getSingle: () => get(SINGLE),
    put: () => put(FOLDER),
    putSingle: () => put(SINGLE),
  });
  for (const parent of [fixture.served, fixture.sent]) {
    Deno.removeSync(join(parent, FOLDER), { recursive: true });
    fixture.removeFile(SINGLE, parent);
  }
  return [
    figure("get", manyFiles, seconds.get, seconds.getSingle),
    figure("put", manyFiles, seconds.put, seconds.putSingle),
  ];
}

async function getOnce(fixture: BenchFixture, address: string, path: string): Promise<number> {
  const directory = join(fixture.received, "got");
  const seconds = await runClient(["get", address, path, "--output", directory, ...JOBS]);
  Deno.removeSync(directory, { recursive: true });
  return seconds;
}

async function putOnce(fixture: BenchFixture, address: string, path: string): Promise<number> {
  const target = "put";
  Deno.mkdirSync(join(fixture.served, target));
  const args = ["put", address, join(fixture.sent, path), "--to", target, ...JOBS];
  const seconds = await runClient(args);
  Deno.removeSync(join(fixture.served, target), { recursive: true });
  return seconds;
}

function figure(
  command: "get" | "put",
  files: number,
  seconds: readonly number[],
  singleSeconds: readonly number[],
): Figure {
  const rates = seconds.map((value) => files / value);
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
