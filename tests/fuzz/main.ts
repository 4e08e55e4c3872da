/**
 * Feeds random and mutated frames to the decoders and to a server.
 *
 *     deno task fuzz [--frames N] [--seed S]
 *
 * The same seed gives the same frames in the same order. Beside crashes, these are failures:
 *
 * - a frame that is read, refused or cut in another way than the contract says, or an id, path or
 *   FMTA that it does not allow;
 * - a buffer larger than two data frames, or than twice what has come; a decoder that takes more than 20 ms each time, an event
 *   loop that is late by more than 400 ms;
 * - a request with no answer, or with two;
 * - a byte of a file, or a name, that the rules hide or that lies outside of the served folder;
 * - a file outside that changes, or a final name whose content has another SHA-256.
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
  console.log(`longest turn  ${tally.longestTurnMs.toFixed(1)} ms in a decoder`);
  console.log(`longest lag   ${tally.longestLagMs.toFixed(1)} ms while the server answers`);
  console.log(`largest buffer ${tally.largestBuffer} bytes`);
  console.log(`answers       ${tally.answers}, one for each request`);
  for (const violation of tally.violations) console.error(`VIOLATION     ${violation}`);
  return tally.violations.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
