/** The short form of `deno task faults`. */
import { assertEquals } from "@std/assert";
import { TempDir } from "../helpers/temp_dir.ts";
import { KINDS } from "./kinds.ts";
import { runKind } from "./run_kind.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;

/** Those that move folders. */
const WITH_BATCHES = ["kill", "cut", "flip", "stop", "sync"];

const RUNS = KINDS.flatMap((kind) => {
  const run = { kind, small: false, cycles: kind.quickCycles };
  const few = Math.ceil(kind.quickCycles / 4);
  return WITH_BATCHES.includes(kind.name) ? [run, { kind, small: true, cycles: few }] : [run];
});

for (const { kind, small, cycles } of RUNS) {
  Deno.test({
    name: `faults: every file is whole or absent after ${kind.name}${
      small ? " in a batch" : ""
    }, seed ${seed}`,
    ignore: Deno.build.os === "windows", // No such signals there
    async fn() {
      using folder = new TempDir();
      const tally = await runKind(kind, {
        seed,
        cycles,
        small,
        firstCycle: 0,
        folder: folder.path,
        onCycle: () => {},
      });
      assertEquals(tally.failures, []);
      if (tally.notRun !== null) console.log(`Not run: ${tally.notRun}`);
      else assertEquals(tally.cycles, cycles);
    },
  });
}
