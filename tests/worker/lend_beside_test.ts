import { assert, assertEquals } from "@std/assert";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import { within } from "../helpers/deadline.ts";
import { until } from "../helpers/serves_on.ts";
import { TestPool, ThreadWatch } from "../helpers/workers.ts";

const OWNER = { address: "192.0.2.1", client: 1 };

/** A call that ends at once. */
const touch = (worker: FileWorker) => worker.call("hashKept", [0, 1]);

Deno.test("WorkerPool.lendBeside: lends another thread than the job's", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(2, Infinity, 3);
  await pool.use(async (worker) => {
    await touch(worker);
    using lent = pool.lendBeside(worker, OWNER)!;
    assert(lent.worker.thread !== worker.thread);
    assertEquals([pool.jobCount, threads.count], [1, 2]);
    assertEquals(await within(touch(lent.worker), "a call of the lent worker"), true);
  });
  assertEquals(pool.jobCount, 0);
});

Deno.test(
  "WorkerPool.lendBeside: lends nothing of one thread, nor while the others work",
  async () => {
    using single = new TestPool(1, Infinity, 3);
    await single.use(async (worker) => {
      await touch(worker);
      assertEquals(single.lendBeside(worker, OWNER), null);
    });
    using pool = new TestPool(2, Infinity, 3);
    await pool.use(async (worker) => {
      await touch(worker);
      using lent = pool.lendBeside(worker, OWNER)!;
      assertEquals(pool.lendBeside(worker, OWNER), null); // Its thread is starting
      await touch(lent.worker);
      const busy = touch(lent.worker);
      assertEquals(pool.lendBeside(worker, OWNER), null);
      await busy;
      using another = pool.lendBeside(worker, OWNER)!;
      assert(another.worker.thread === lent.worker.thread);
    });
  },
);

Deno.test(
  "WorkerPool.lendBeside: needs no slot, so that jobs that hold all of them go on",
  async () => {
    using pool = new TestPool(2, 4, 3);
    const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    const jobs = addresses.map((address) => {
      const owner = { address, client: 1 };
      return pool.use(async (worker) => {
        await touch(worker);
        await until(() => pool.jobCount === 4, "all slots to be taken");
        using lent = pool.lendBeside(worker, owner);
        return await touch(lent?.worker ?? worker);
      }, { owner });
    });
    assertEquals(await within(Promise.all(jobs), "all jobs"), [true, true, true, true]);
    assertEquals(pool.jobCount, 0);
  },
);

Deno.test("WorkerPool.lendBeside: forgets what the lent worker held", async () => {
  using pool = new TestPool(2, Infinity, 3);
  await pool.use(async (worker) => {
    await touch(worker);
    const hashes: string[] = [];
    for (let i = 0; i < 2; i++) {
      await until(() => pool.busyCount === 0, "the threads to be idle");
      using lent = pool.lendBeside(worker, OWNER)!;
      await lent.worker.call("hashBlock", [0, new Uint8Array([i])]);
      if (i === 1) hashes.push(await lent.worker.call("endBlocks", [0]));
    }
    // The SHA-256 of the byte 1 alone
    assertEquals(hashes, ["4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"]);
  });
});

Deno.test("WorkerPool.lendBeside: lends nothing where there are fewer than three cores", async () => {
  for (const cores of [1, 2, 3]) {
    using pool = new TestPool(2, Infinity, cores);
    await pool.use(async (worker) => {
      await touch(worker);
      using lent = pool.lendBeside(worker, OWNER);
      assertEquals(lent !== null, cores === 3);
    });
  }
});
