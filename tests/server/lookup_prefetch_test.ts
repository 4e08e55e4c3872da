import { abortable } from "@std/async/abortable";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LookupPrefetch } from "../../lib/server/transfers/lookup_prefetch.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** The size of "a.txt", as looked up. */
async function setUp(temp: TempDir) {
  temp.write("a.txt", "1");
  const lookup = new LookupPrefetch(await DirectoryStore.open(temp.path), () => "a.txt");
  return { lookup, size: async () => (await lookup.result()).stamp.sizeBytes };
}

Deno.test("a file is looked up when it is asked for", async () => {
  using temp = new TempDir();
  const { size } = await setUp(temp);
  temp.write("a.txt", "12");
  assertEquals(await size(), 2);
});

Deno.test("a file that was looked up just now is not looked up again", async () => {
  for (const [ms, bytes] of [[0, 1], [199, 1], [200, 2], [10_000, 2]] as const) {
    using temp = new TempDir();
    using clock = new FakeClock();
    const { lookup, size } = await setUp(temp);
    lookup.start();
    await lookup.result();
    temp.write("a.txt", "12");
    clock.advance(ms);
    assertEquals(await size(), bytes, `${ms} ms`);
  }
});

Deno.test("a failure is told when the file is asked for, not before", async () => {
  using temp = new TempDir();
  const store = await DirectoryStore.open(temp.path);
  const missing = new LookupPrefetch(store, () => "nothing");
  const refused = new LookupPrefetch(store, () => {
    throw new RequestError("bad-path");
  });
  for (const [lookup, code] of [[missing, "not-found"], [refused, "bad-path"]] as const) {
    for (let i = 0; i < 2; i++) {
      lookup.start();
      await settled();
      assertEquals((await assertRejects(() => lookup.result(), RequestError)).code, code);
    }
  }
});

Deno.test("untilAborted is what the work comes to, or the reason that comes first", async () => {
  const never = new AbortController().signal;
  const error = new Error("the work's own");
  assertEquals(await abortable(Promise.resolve(5), never), 5);
  assertStrictEquals(await assertRejects(() => abortable(Promise.reject(error), never)), error);

  const reason = new Error("enough");
  const before = abortable(Promise.resolve(5), AbortSignal.abort(reason));
  assertStrictEquals(await assertRejects(() => before), reason);

  const controller = new AbortController();
  const work = Promise.withResolvers<number>();
  const waiting = abortable(work.promise, controller.signal);
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  work.reject(error); // Nobody waits for it, and nobody is told
  await settled();
});
