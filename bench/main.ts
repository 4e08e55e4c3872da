/**
 * Measures speed and memory, and compares each figure with its goal.
 *
 * deno task bench [NAME...] [--quick] [--json]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { measureBursts, measureStored } from "./bursts.ts";
import { measureClientAlone } from "./client_alone.ts";
import { measureCluster } from "./cluster.ts";
import { measureComparison } from "./comparison.ts";
import { measureConnections } from "./connections.ts";
import { measureDownload } from "./download.ts";
import { measureFanOut } from "./fan_out.ts";
import { type Figure, formatTable, shortfall } from "./figures.ts";
import { BenchFixture, FULL_SCALE, QUICK_SCALE } from "./fixture.ts";
import { measureIdle } from "./idle.ts";
import { measureIdleRooms, measureIdleTls, measureReturning } from "./idle_clients.ts";
import { measureJoining } from "./joining.ts";
import { measureLatency } from "./latency.ts";
import { measureLogins } from "./logins.ts";
import { measureLong } from "./long.ts";
import { measureManyCompared } from "./many_compared.ts";
import { measureManyFiles } from "./many_files.ts";
import { measureMemory } from "./memory.ts";
import { measurePairs } from "./pairs.ts";
import { measurePage } from "./page.ts";
import { measureParallel } from "./parallel.ts";
import { measureResume } from "./resume.ts";
import { measureRoom } from "./room.ts";
import { measureSmallFiles } from "./small_files.ts";
import { measureStalled } from "./stalled.ts";
import { measureStart } from "./start.ts";
import { measureTlsDownload } from "./tls_download.ts";
import { measureUnknownHash } from "./unknown_hash.ts";
import { measureUpload } from "./upload.ts";

const MEASUREMENTS: Readonly<Record<string, (fixture: BenchFixture) => Promise<Figure[]>>> = {
  download: measureDownload,
  "client-alone": measureClientAlone,
  "unknown-hash": measureUnknownHash,
  upload: measureUpload,
  resume: measureResume,
  memory: measureMemory,
  connections: measureConnections,
  parallel: measureParallel,
  "small-files": measureSmallFiles,
  "many-files": measureManyFiles,
  "many-compared": measureManyCompared,
  comparison: measureComparison,
  pairs: measurePairs,
  long: measureLong,
  idle: measureIdle,
  "fan-out": measureFanOut,
  latency: measureLatency,
  room: measureRoom,
  bursts: measureBursts,
  stalled: measureStalled,
  stored: measureStored,
  joining: measureJoining,
  "idle-rooms": measureIdleRooms,
  returning: measureReturning,
  "tls-download": measureTlsDownload,
  "idle-tls": measureIdleTls,
  logins: measureLogins,
  start: measureStart,
  page: measurePage,
  cluster: measureCluster,
};

async function main(): Promise<number> {
  const { _: named, quick, json, help } = parseArgs(Deno.args, {
    boolean: ["quick", "json", "help"],
    string: ["_"],
  });
  const names = named.length > 0 ? named.map(String) : Object.keys(MEASUREMENTS);
  const unknown = names.find((name) => !(name in MEASUREMENTS));
  if (help || unknown !== undefined) {
    if (unknown !== undefined) console.error(`There is no measurement ${unknown}.`);
    console.error(`Usage: bench [NAME...] [--quick] [--json]`);
    console.error(`Names: ${Object.keys(MEASUREMENTS).join(", ")}`);
    return help ? 0 : 2;
  }
  const fixture = BenchFixture.create(quick ? QUICK_SCALE : FULL_SCALE);
  Deno.addSignalListener("SIGINT", () => {
    fixture.remove(); // It may hold gigabytes of memory
    Deno.exit(130);
  });
  try {
    console.error(`Files are ${fixture.description}.`);
    const figures = await measure(fixture, names);
    console.log(json ? JSON.stringify(figures.map(withShortfall), null, 2) : formatTable(figures));
    return 0;
  } finally {
    fixture.remove();
  }
}

async function measure(fixture: BenchFixture, names: readonly string[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of names) {
    console.error(`${name} …`);
    figures.push(...await MEASUREMENTS[name]!(fixture));
  }
  return figures;
}

function withShortfall(figure: Figure) {
  return { ...figure, shortfall: shortfall(figure) };
}

if (import.meta.main) Deno.exitCode = await main();
