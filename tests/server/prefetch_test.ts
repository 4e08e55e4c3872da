import { assertEquals, assertRejects } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { checkPath } from "../../lib/protocol/path.ts";
import { Prefetch } from "../../lib/server/transfers/prefetch.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A prefetch of `a.txt`, and the size that it finds. */
async function setUp(temp: TempDir) {
  temp.write("a.txt", "1");
  const store = await DirectoryStore.open(temp.path);
  const prefetch = new Prefetch(() => store.find("a.txt"));
  return { prefetch, size: async () => (await prefetch.result()).stamp.sizeBytes };
}

Deno.test("Prefetch.result: loads the result if it was not prefetched", async () => {
  using temp = new TempDir();
  const { size } = await setUp(temp);
  temp.write("a.txt", "12");
  assertEquals(await size(), 2);
});

Deno.test("Prefetch.result: loads the result again 200 ms after it was prefetched", async () => {
  for (const [ms, bytes] of [[0, 1], [199, 1], [200, 2], [10_000, 2]] as const) {
    using temp = new TempDir();
    using clock = new FakeClock();
    const { prefetch, size } = await setUp(temp);
    prefetch.start();
    await prefetch.result();
    temp.write("a.txt", "12");
    clock.advance(ms);
    assertEquals(await size(), bytes, `${ms} ms`);
  }
});

Deno.test("Prefetch.result: rejects with a failure of the prefetch", async () => {
  using temp = new TempDir();
  const store = await DirectoryStore.open(temp.path);
  const missing = new Prefetch(() => store.find("nothing"));
  const refused = new Prefetch(async () => await store.find(checkPath("..")));
  for (const [prefetch, code] of [[missing, "not-found"], [refused, "bad-path"]] as const) {
    for (let i = 0; i < 2; i++) {
      prefetch.start();
      await flushTasks();
      assertEquals((await assertRejects(() => prefetch.result(), RequestError)).code, code);
    }
  }
});
