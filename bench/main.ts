/**
 * Measures speed and memory, and says how far each figure is from its goal.
 *
 *     deno task bench [NAME...] [--quick] [--json]
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { measureDownload } from "./download.ts";
import { measureFanOut } from "./fan_out.ts";
import { type Figure, formatTable, shortfall } from "./figures.ts";
import { measureIdle } from "./idle.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { measureParallel } from "./parallel.ts";
import { measureSmallFiles } from "./small_files.ts";
import { measureStart } from "./start.ts";
import { FULL_SCALE, QUICK_SCALE, Workplace } from "./workplace.ts";

const MEASUREMENTS: Readonly<Record<string, (place: Workplace) => Promise<Figure[]>>> = {
  download: measureDownload,
  memory: measureMemory,
  parallel: measureParallel,
  "small-files": measureSmallFiles,
  idle: measureIdle,
  "fan-out": measureFanOut,
  latency: measureLatency,
  start: measureStart,
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
  const place = Workplace.create(quick ? QUICK_SCALE : FULL_SCALE);
  Deno.addSignalListener("SIGINT", () => {
    place.remove(); // It may hold gigabytes of memory
    Deno.exit(130);
  });
  try {
    console.error(`Files are ${place.description}.`);
    const figures = await measure(place, names);
    console.log(json ? JSON.stringify(figures.map(withShortfall), null, 2) : formatTable(figures));
    return 0;
  } finally {
    place.remove();
  }
}

async function measure(place: Workplace, names: readonly string[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of names) {
    console.error(`${name} …`);
    figures.push(...await MEASUREMENTS[name]!(place));
  }
  return figures;
}

function withShortfall(figure: Figure) {
  return { ...figure, shortfall: shortfall(figure) };
}

if (import.meta.main) Deno.exitCode = await main();
