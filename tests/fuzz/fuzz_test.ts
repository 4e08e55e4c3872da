import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { fuzz, replay } from "./run.ts";
import { Tally } from "./tally.ts";
import { Target } from "./target.ts";

const CORPUS = fromFileUrl(new URL("corpus", import.meta.url));

Deno.test("fuzz corpus: frames that caused failures, or may, are refused or answered", async () => {
  const tally = new Tally();
  await using target = await Target.start(tally);
  const names = [...Deno.readDirSync(CORPUS)].map(({ name }) => name).sort();
  assert(names.length > 0);
  for (const name of names) {
    await replay(Deno.readFileSync(join(CORPUS, name)), target, tally);
    assertEquals(tally.violations, [], name);
  }
  await target.check();
  assertEquals(tally.violations, []);
});

Deno.test("fuzz: random and mutated frames are refused or answered, without violations", async () => {
  const { tally } = await fuzz(50_000, 20_251_125);
  assertEquals(tally.violations, []);
  assert(tally.frames >= 50_000);
});
