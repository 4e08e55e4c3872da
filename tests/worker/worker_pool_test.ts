import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import type { UseOptions } from "../../lib/worker/worker_pool.ts";
import { within } from "../helpers/deadline.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestPool, ThreadWatch } from "../helpers/workers.ts";

/** A job that runs until `end` is called. */
class Job {
  worker: FileWorker | null = null;
  readonly #end = Promise.withResolvers<void>();
  /** Resolves with the outcome of `use`, also with its error. */
  readonly done: Promise<unknown>;

  constructor(pool: TestPool, options: UseOptions = {}) {
    this.done = pool.use((worker) => {
      this.worker = worker;
      return this.#end.promise;
    }, options).catch((error) => error);
  }

  /** Whether the job has a worker. */
  get isRunning(): boolean {
    return this.worker !== null;
  }

  async end(): Promise<void> {
    this.#end.resolve();
    await this.done;
    await flushTasks();
  }
}

/** A call that ends at once. */
const touch = (worker: FileWorker) => worker.call("hashKept", [0, 1]);

Deno.test("WorkerPool: use runs a job with a worker, and returns its result", async () => {
  using pool = new TestPool(1);
  assertEquals(await pool.use(touch), true);
  const error = new Error("the job's own");
  assertStrictEquals(await assertRejects(() => pool.use(() => Promise.reject(error))), error);
  assertEquals(pool.jobCount, 0);
  await until(() => pool.busyCount === 0, "the thread to close its files");
});

Deno.test("WorkerPool.lookUp: makes one call, which is no job", async () => {
  using root = new TempDir();
  root.write("a.txt", "hello");
  const { folder } = await DirectoryStore.open(root.path);
  const pool = new TestPool(1);
  const owner = { address: "192.0.2.1", client: 1 };
  const found = pool.lookUp("resolve", [folder, "a.txt"], owner);
  assertEquals([pool.jobCount, pool.waitingCount], [0, 2]); // Beside the thread's first call
  assertEquals((await found).info?.size, 5);
  await assertRejects(() => pool.lookUp("resolve", [folder, ".tcp-chat/a"], owner), RequestError);
  pool[Symbol.dispose]();
  await assertRejects(() => pool.lookUp("resolve", [folder, "a.txt"], owner), Error, "shutting");
});

Deno.test("WorkerPool: jobs that wait for their peers hold no thread", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(1);
  const waiting = Array.from({ length: 50 }, () => new Job(pool));
  await flushTasks();
  assert(waiting.every(({ isRunning }) => isRunning));
  assertEquals(pool.jobCount, 50);
  assertEquals(await within(pool.use(touch), "a job beside them"), true);
  assertEquals(threads.count, 1);
  await Promise.all(waiting.map((job) => job.end()));
  assertEquals(pool.jobCount, 0);
});

Deno.test("WorkerPool: starts one thread at a time, and no more than the limit", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(3);
  const work = () =>
    pool.use(async (worker) => {
      for (let i = 0; i < 200; i++) await touch(worker);
    });
  const first = [work(), work(), work(), work()];
  await flushTasks();
  assertEquals(threads.count, 1);
  await Promise.all(first);
  for (let i = 0; i < 20; i++) await Promise.all([work(), work(), work(), work(), work()]);
  assert(threads.count > 1 && threads.count <= 3, `${threads.count}`);
});

Deno.test("WorkerPool: warmUp starts a thread once, before any job", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(4);
  pool.warmUp();
  pool.warmUp();
  assertEquals(threads.count, 1);
  await pool.use(touch);
  assertEquals(threads.count, 1);
});

Deno.test("WorkerPool: warmUp starts no thread once the pool is closed", () => {
  using threads = new ThreadWatch();
  const pool = new TestPool(4);
  pool.close();
  pool.warmUp();
  assertEquals(threads.count, 0);
});

Deno.test("WorkerPool: bounds the jobs that hold files, not the short ones", async () => {
  using pool = new TestPool(1, 4);
  const [here, there] = ["192.0.2.1", "192.0.2.2"].map((address) => ({ address, client: 1 }));
  const first = new Job(pool, { owner: here! });
  const second = new Job(pool, { owner: here! }); // A quarter of the slots is one
  const other = new Job(pool, { owner: there! });
  await flushTasks();
  assertEquals([first, second, other].map(({ isRunning }) => isRunning), [true, false, true]);
  assert(pool.isContended);
  assertFalse(pool.isFreeFor(here!));
  assertEquals(await pool.use(touch, { owner: here!, kind: "short" }), true);
  await first.end();
  assert(second.isRunning);
  assertFalse(pool.isContended);
  await Promise.all([second.end(), other.end()]);
});

Deno.test("WorkerPool: an abort removes a waiting job, without effect on others", async () => {
  using pool = new TestPool(1, 1);
  const controller = new AbortController();
  const first = new Job(pool);
  const second = new Job(pool, { signal: controller.signal });
  const third = new Job(pool);
  const reason = new Error("gone");
  controller.abort(reason);
  assertStrictEquals(await second.done, reason);
  await first.end();
  assertFalse(second.isRunning);
  assert(third.isRunning);
  await third.end();
  assertFalse(pool.isContended);
});

Deno.test("WorkerPool: an abort at the moment of the hand-over loses no slot", async () => {
  using pool = new TestPool(1, 1);
  for (let ticks = 0; ticks < 8; ticks++) {
    const controller = new AbortController();
    const first = new Job(pool);
    await flushTasks();
    const second = new Job(pool, { signal: controller.signal });
    const ending = first.end();
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    controller.abort(new Error("gone"));
    await ending;
    await second.end();
    const third = new Job(pool);
    await flushTasks();
    assert(third.isRunning, `${ticks} microtasks`);
    await third.end();
    assertEquals([pool.jobCount, pool.isContended], [0, false]);
  }
});

Deno.test("WorkerPool: replaces a thread that died", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(1);
  const dying = pool.use(async (worker) => {
    await worker.call("closeAll", []);
    threads.kill(0);
    for (;;) await worker.call("closeAll", []);
  });
  await assertRejects(() => within(dying, "the job to fail"), Error, "worker died");
  assertEquals(await pool.use(touch), true);
  assertEquals(threads.count, 2);
});

Deno.test("WorkerPool: replaces a thread to which a call could not be posted", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(1);
  assertEquals(await pool.use(touch), true);
  const gone = new ArrayBuffer(1);
  structuredClone(gone, { transfer: [gone] });
  const dying = pool.use((worker) => worker.call("closeAll", [], [gone]));
  await assertRejects(() => within(dying, "the job to fail"), Error, "Cannot give the worker");
  assertEquals(await pool.use(touch), true);
  assertEquals(threads.count, 2);
});

Deno.test("WorkerPool: close rejects running, waiting and later jobs", async () => {
  const pool = new TestPool(1, 1);
  const busy = pool.use(async (worker) => {
    for (;;) await worker.call("closeAll", []);
  });
  const waiting = new Job(pool);
  await flushTasks();
  pool.close();
  await assertRejects(() => busy, Error, "shutting down");
  assert(await waiting.done instanceof Error);
  assertFalse(waiting.isRunning);
  await assertRejects(() => pool.use(() => Promise.resolve()), Error, "shutting down");
  pool.close();
});

Deno.test("WorkerPool: ends threads that are idle for half a minute, but keeps two", async () => {
  using clock = new FakeClock();
  let tick = () => {};
  const original = globalThis.setInterval;
  globalThis.setInterval = ((callback: () => void) => {
    tick = callback;
    return 0;
  }) as unknown as typeof setInterval;
  using pool = new TestPool(3);
  try {
    const workers: FileWorker[] = [];
    // A job with unanswered calls makes the next one start a thread
    const load = (worker: FileWorker) => {
      workers.push(worker);
      return Promise.all(Array.from({ length: 5_000 }, () => touch(worker)));
    };
    for (let i = 0; new Set(workers.map(({ thread }) => thread)).size < 3; i++) {
      await Promise.all([pool.use(load), pool.use(load), pool.use(load), pool.use(load)]);
      if (i > 200) throw new Error("No third thread was started");
    }
    // The calls that end the seats are answered after the jobs: until then, a thread is not idle
    while (workers.some(({ thread }) => thread.load > 0)) await flushTasks();
    clock.advance(29_000);
    tick();
    assert(workers.every(({ isAlive }) => isAlive));
    clock.advance(1_001);
    tick();
    const threads = [...new Set(workers.map(({ thread }) => thread))];
    assertEquals(threads.filter(({ death }) => death === null).length, 2);
  } finally {
    globalThis.setInterval = original;
  }
});

Deno.test("WorkerPool: closes the files of a job when it ends", async () => {
  using pool = new TestPool(1);
  const path = Deno.makeTempFileSync();
  const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
  await pool.use(touch);
  const before = open();
  const info = Deno.statSync(path);
  const stamp = {
    sizeBytes: 0,
    modifiedMs: info.mtime!.getTime(),
    changedMs: info.ctime!.getTime(),
  };
  const file = { realPath: path, stamp: { ...stamp, inode: info.ino! } };
  await pool.use((worker) => worker.call("startHash", [file]));
  await until(() => open() === before, "the file to be closed");
  Deno.removeSync(path);
});
