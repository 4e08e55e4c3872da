/**
 * Feeds random and mutated frames to the decoders and to a server.
 *
 *     deno task fuzz [--frames N] [--seed S]
 *
 * The same seed gives the same frames in the same order.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fuzz } from "./run.ts";

const MIB = 1024 * 1024;

async function main(): Promise<number> {
  const options = parseArgs(Deno.args, { string: ["frames", "seed"], boolean: ["help"] });
  const frames = Number(options.frames ?? 10_000_000);
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 32));
  if (options.help || Number.isNaN(frames + seed) || options._.length > 0) {
    console.error("Usage: fuzz [--frames N] [--seed S]");
    return options.help ? 0 : 2;
  }
  console.log(`seed          ${seed}`);
  const startMs = performance.now();
  const { tally, liveFrames, startRss, peakRss, endRss } = await fuzz(frames, seed);
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`frames        ${tally.frames}, ${liveFrames} of them over connections`);
  console.log(`frames/s      ${Math.round(tally.frames / seconds)}`);
  for (const [code, count] of [...tally.refusals].sort()) {
    console.log(`refused       ${code}: ${count}`);
  }
  console.log(`RSS in MiB    ${[startRss, peakRss, endRss].map((b) => Math.round(b / MIB))}`);
  console.log("              (at the start, at most, at the end)");
  for (const violation of tally.violations) console.error(`VIOLATION     ${violation}`);
  return tally.violations.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
