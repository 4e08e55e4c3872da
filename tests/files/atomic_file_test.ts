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
    await assertRejects(() => withLock(path, work, 50), Deno.errors.TimedOut, path);
  }
  assertEquals(await withLock(path, work, 50), "done");
});
