import { join } from "@std/path";
import { atMost, type Figure, formatNumber, formatSpread, medianRatio } from "./figures.ts";
import { type BenchFixture, emptyFolder, MIB } from "./fixture.ts";
import { PeerProcess } from "./peer_process.ts";
import type { ProxyOrder } from "./peers/delay_proxy.ts";
import { findProgram, run, runClient, startServerProgram } from "./programs.ts";
import { RSYNC_MODULE, startRsync } from "./rivals/rsync.ts";
import { inTurns } from "./turns.ts";

const LARGE = "distant.bin";
const SMALL = "distant";
const MIXED = "tree";
/** The folder on the server for what is sent. */
const INBOX = "inbox";
const SMALL_BYTES = 4_096;
/** The largest file of the mixed tree. */
const MIXED_BYTES = 512 * 1024;
const MIXED_FOLDERS = 40;
/** The delay that goals are for, one way. */
const GOAL_DELAY_MS = 50;
/** Requests of curl at once: an address may have 256 connections. */
const PARALLEL = "100";

/** What is moved or listed, and the goal in units of rsync's time. */
interface Load {
  readonly name: string;
  readonly goal: number;
}

/** Programs at one end of a long way. Each returns the seconds that it took. */
interface DistantProgram {
  get?(load: Load, directory: string): Promise<number>;
  put?(load: Load): Promise<number>;
  list?(): Promise<number>;
}

/**
 * Measures the programs over long ways, in turns with rsync and curl over the same ways, from the start
 * of the client to its end.
 */
export async function measureLong(fixture: BenchFixture): Promise<Figure[]> {
  const rsync = findProgram("rsync");
  const curl = findProgram("curl");
  if (rsync === null) return [{ name: "long ways", value: NaN, unit: "", note: "no rsync" }];
  const loads = addLoads(fixture);
  await fixture.waitUntilHashable();
  const { service, address, port } = await startServerProgram(fixture);
  await using _ = service;
  const daemon = await startRsync(fixture, rsync);
  await using _daemon = daemon.service;
  await using proxy = new PeerProcess("delay_proxy", {});
  const near = ours(fixture, address);
  for (const load of loads) await near.get?.(load, emptyGot(fixture)); // Hashes are known from now on
  const figures: Figure[] = [];
  for (const delayMs of fixture.scale.delaysMs) {
    const distant = async (port: number) => {
      const order: ProxyOrder = { delayMs, port };
      return `127.0.0.1:${(await proxy.ask<{ port: number }>(order)).port}`;
    };
    const address = await distant(port);
    const programs = {
      ours: ours(fixture, address),
      rsync: byRsync(fixture, rsync, await distant(daemon.port)),
      ...(curl !== null && { curl: byCurl(fixture, curl, address) }),
    };
    figures.push(...await measureAt(fixture, delayMs, loads, programs));
  }
  return figures;
}

type Programs = Readonly<Record<string, DistantProgram>>;

async function measureAt(
  fixture: BenchFixture,
  delayMs: number,
  loads: readonly Load[],
  programs: Programs,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add = async (
    what: string,
    goal: number | null,
    runOf: (program: DistantProgram) => (() => Promise<number>) | null,
  ) => {
    const runs = Object.entries(programs).flatMap(([name, program]) => {
      const once = runOf(program);
      return once === null ? [] : [[name, once] as const];
    });
    const seconds = await inTurns(fixture.scale.rounds, Object.fromEntries(runs));
    figures.push(figure(`${what}, ${delayMs} ms each way`, delayMs, goal, seconds));
  };
  for (const load of loads) {
    await add(`get ${load.name}`, load.goal, ({ get }) => {
      return get === undefined ? null : () => get(load, emptyGot(fixture));
    });
    await add(
      `put ${load.name}`,
      load.goal,
      ({ put }) => put === undefined ? null : () => put(load),
    );
  }
  await add("ls -R", null, ({ list }) => list === undefined ? null : list);
  return figures;
}

function figure(
  name: string,
  delayMs: number,
  goal: number | null,
  seconds: Readonly<Record<string, readonly number[]>>,
): Figure {
  const { ours = [], rsync = [] } = seconds;
  const spreads = Object.entries(seconds).map(([who, each]) => `${who} ${formatSpread(each)} s`);
  return {
    name,
    value: medianRatio(ours, rsync),
    unit: "× rsync's time",
    ...(goal !== null && delayMs === GOAL_DELAY_MS && { goal: atMost(goal) }),
    note: spreads.join(", "),
  };
}

/** Adds the files, in the folder that is served and in that of what is sent. */
function addLoads(fixture: BenchFixture): Load[] {
  const { distantBytes, manyFiles, mixedFiles } = fixture.scale;
  for (const parent of [fixture.served, fixture.sent]) {
    fixture.addFile(LARGE, distantBytes, parent);
    fixture.addFiles(SMALL, manyFiles, SMALL_BYTES, parent);
    addMixed(fixture, join(parent, MIXED), mixedFiles);
  }
  console.error(
    `  ${formatNumber(distantBytes / MIB)} MiB; ${formatNumber(manyFiles)} × 4 KiB; ${
      formatNumber(mixedFiles)
    } mixed`,
  );
  return [{ name: LARGE, goal: 1.1 }, { name: SMALL, goal: 1.5 }, { name: MIXED, goal: 1.5 }];
}

/** Files of many sizes, most of them small, in folders that lie in each other by threes. */
function addMixed(fixture: BenchFixture, top: string, count: number): void {
  const folders = [top];
  while (folders.length < MIXED_FOLDERS) {
    folders.push(join(folders[Math.floor((folders.length - 1) / 3)]!, `folder${folders.length}`));
  }
  for (const folder of folders) Deno.mkdirSync(folder);
  for (let i = 0; i < count; i++) {
    const share = (i * 7_919 % count) / count;
    const sizeBytes = Math.floor(MIXED_BYTES ** share);
    fixture.addFile(`file${i}.bin`, sizeBytes, folders[i % folders.length]);
  }
}

/** The folder for downloads, emptied. */
function emptyGot(fixture: BenchFixture): string {
  const folder = join(fixture.received, "got");
  emptyFolder(folder);
  return folder;
}

function ours(fixture: BenchFixture, address: string): DistantProgram {
  return {
    get: ({ name }, directory) => runClient(["get", address, name, "--output", directory]),
    put: ({ name }) => {
      emptyFolder(join(fixture.served, INBOX));
      return runClient(["put", address, join(fixture.sent, name), "--to", INBOX]);
    },
    list: () => runClient(["ls", address, "-R"]),
  };
}

function byRsync(fixture: BenchFixture, rsync: string, address: string): DistantProgram {
  const url = `rsync://${address}/${RSYNC_MODULE}/`;
  return {
    get: ({ name }, directory) => run(rsync, ["-rt", `${url}${name}`, directory]),
    put: ({ name }) => {
      emptyFolder(join(fixture.served, INBOX));
      return run(rsync, ["-rt", join(fixture.sent, name), `${url}${INBOX}/`]);
    },
    list: () => run(rsync, ["-r", "--list-only", url]),
  };
}

/** curl takes the names of all files ahead: it cannot list a folder. */
function byCurl(fixture: BenchFixture, curl: string, address: string): DistantProgram {
  return {
    get: ({ name }, directory) => {
      const config = join(fixture.received, "curl.txt");
      const urls = filesBelow(fixture.served, name).map((path) =>
        `url = "http://${address}/files/${path}"\noutput = "${join(directory, path)}"\n`
      );
      Deno.writeTextFileSync(config, urls.join(""));
      const args = ["--disable", "-sS", "--fail", "--create-dirs", "--parallel"];
      return run(curl, [...args, "--parallel-max", PARALLEL, "--config", config]);
    },
  };
}

function filesBelow(parent: string, name: string): string[] {
  if (Deno.statSync(join(parent, name)).isFile) return [name];
  return [...Deno.readDirSync(join(parent, name))]
    .flatMap((entry) => filesBelow(parent, `${name}/${entry.name}`));
}
