/** The short form of `deno task faults`. */
import { assertEquals } from "@std/assert";
import { TempDir } from "../helpers/temp_dir.ts";
import { KINDS } from "./kinds.ts";
import { runKind } from "./run_kind.ts";

const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;

for (const kind of KINDS) {
  Deno.test({
    name: `faults: every file is whole or absent after ${kind.name}, seed ${seed}`,
    ignore: Deno.build.os === "windows", // No such signals there
    async fn() {
      using folder = new TempDir();
      const tally = await runKind(kind, {
        seed,
        cycles: kind.quickCycles,
        firstCycle: 0,
        folder: folder.path,
        onCycle: () => {},
      });
      assertEquals(tally.failures, []);
      if (tally.notRun !== null) console.log(`Not run: ${tally.notRun}`);
      else assertEquals(tally.cycles, kind.quickCycles);
    },
  });
}
