import { assertEquals, assertRejects } from "@std/assert";
import { withLock } from "../../lib/files/atomic_file.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("withLock: throws TimedOut where the lock is not free in time, and works once it is", async () => {
  using folder = new TempDir();
  const path = folder.join("lock");
  const work = () => Promise.resolve("done");
  {
    using lock = await Deno.open(path, { write: true, create: true });
    await lock.lock(true);
    await assertRejects(() => withLock(path, work, { waitMs: 50 }), Deno.errors.TimedOut, path);
  }
  assertEquals(await withLock(path, work, { waitMs: 50 }), "done");
});

Deno.test("withLock: gives up when its signal fires, with its reason and without the work", async () => {
  using folder = new TempDir();
  const path = folder.join("lock");
  const stop = new AbortController();
  let calls = 0;
  const work = () => Promise.resolve(++calls);
  using lock = await Deno.open(path, { write: true, create: true });
  await lock.lock(true);
  const waiting = withLock(path, work, { signal: stop.signal });
  stop.abort(new Error("stopped"));
  await assertRejects(() => waiting, Error, "stopped");
  assertEquals(calls, 0);
  await lock.unlock();
  assertEquals(await withLock(path, work, { signal: new AbortController().signal }), 1);
});
