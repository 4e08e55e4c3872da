import {
  assert,
  assertEquals,
  assertFalse,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import { within } from "../helpers/deadline.ts";
import { FakeClock, flushTasks } from "../helpers/fake_clock.ts";
import { TestPool, ThreadWatch } from "../helpers/workers.ts";

/** A job that runs until `end` is called. */
class Job {
  worker: FileWorker | null = null;
  readonly #end = Promise.withResolvers<void>();
  /** Resolves with the outcome of `use`, also with its error. */
  readonly done: Promise<unknown>;

  constructor(pool: TestPool, signal?: AbortSignal) {
    this.done = pool.use((worker) => {
      this.worker = worker;
      return this.#end.promise;
    }, signal).catch((error) => error);
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

function startJobs(pool: TestPool, count: number): Promise<Job[]> {
  const jobs = Array.from({ length: count }, () => new Job(pool));
  return flushTasks().then(() => jobs);
}

Deno.test("WorkerPool: use runs a job with a worker, and returns its result", async () => {
  using pool = new TestPool(1);
  assertEquals(await pool.use((worker) => worker.call("hashKept", [0, 1])), true);
  const error = new Error("the job's own");
  assertStrictEquals(await assertRejects(() => pool.use(() => Promise.reject(error))), error);
  assertEquals(pool.busyCount, 0);
});

Deno.test("WorkerPool: gives a worker one job at a time, and reuses it", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(4);
  const [first, second] = await startJobs(pool, 2);
  assertNotStrictEquals(first!.worker, second!.worker);
  assertEquals(pool.busyCount, 2);
  await first!.end();
  const [third] = await startJobs(pool, 1);
  assertStrictEquals(third!.worker, first!.worker);
  await Promise.all([second!.end(), third!.end()]);
  assertEquals([threads.count, pool.busyCount], [2, 0]);
});

Deno.test("WorkerPool: starts no more workers than the limit, and queues later jobs", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(2);
  const jobs = await startJobs(pool, 5);
  const running = () => jobs.map((job) => job.isRunning);
  assertEquals(running(), [true, true, false, false, false]);
  assert(pool.isContended);
  await jobs[1]!.end();
  assertEquals(running(), [true, true, true, false, false]);
  await jobs[2]!.end();
  assertEquals(running(), [true, true, true, true, false]);
  await jobs[0]!.end();
  assertEquals(running(), [true, true, true, true, true]);
  assertFalse(pool.isContended);
  await Promise.all([jobs[3]!.end(), jobs[4]!.end()]);
  assertEquals(threads.count, 2);
});

Deno.test("WorkerPool: an abort removes a waiting job from the queue, without effect on others", async () => {
  using pool = new TestPool(1);
  const controller = new AbortController();
  const first = new Job(pool);
  const second = new Job(pool, controller.signal);
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

Deno.test("WorkerPool: an abort before use starts no worker, one after the start ends no job", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(1);
  const reason = new Error("gone");
  const before = new Job(pool, AbortSignal.abort(reason));
  assertStrictEquals(await before.done, reason);
  assertEquals(threads.count, 0);
  const controller = new AbortController();
  const job = new Job(pool, controller.signal);
  await flushTasks();
  controller.abort(reason);
  await flushTasks();
  assertEquals(pool.busyCount, 1);
  await job.end();
  assertEquals(await job.done, undefined);
});

Deno.test("WorkerPool: an abort at the moment of the hand-over loses no worker", async () => {
  using pool = new TestPool(1);
  for (let ticks = 0; ticks < 8; ticks++) {
    const controller = new AbortController();
    const first = new Job(pool);
    await flushTasks();
    const second = new Job(pool, controller.signal);
    const ending = first.end();
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    controller.abort(new Error("gone"));
    await ending;
    await second.end();
    const third = new Job(pool);
    await flushTasks();
    assert(third.isRunning, `${ticks} microtasks`);
    await third.end();
    assertEquals([pool.busyCount, pool.isContended], [0, false]);
  }
});

Deno.test("WorkerPool: replaces a worker that died during a job", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(1);
  const dying = pool.use(async (worker) => {
    await worker.call("closeAll", []);
    threads.kill(0);
    await worker.call("closeAll", []);
  });
  const waiting = new Job(pool);
  await assertRejects(() => within(dying, "the job to fail"), Error, "worker died");
  await flushTasks();
  assert(waiting.worker!.isAlive);
  assertEquals(await waiting.worker!.call("hashKept", [0, 1]), true);
  await waiting.end();
  assertEquals(threads.count, 2);
});

Deno.test("WorkerPool: does not reuse a worker that died while idle", async () => {
  using threads = new ThreadWatch();
  using pool = new TestPool(1);
  let dead: FileWorker | undefined;
  await pool.use((worker) => Promise.resolve(dead = worker));
  threads.kill(0);
  while (dead!.isAlive) await dead!.call("closeAll", []).catch(() => {});
  const job = new Job(pool);
  await flushTasks();
  assert(job.worker!.isAlive);
  await job.end();
});

Deno.test("WorkerPool: close rejects running, waiting and later jobs", async () => {
  const pool = new TestPool(1);
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

Deno.test("WorkerPool: close ends idle workers", async () => {
  const pool = new TestPool(2);
  const jobs = await startJobs(pool, 2);
  await Promise.all(jobs.map((job) => job.end()));
  pool.close();
  for (const { worker } of jobs) assertFalse(worker!.isAlive);
});

Deno.test("WorkerPool: ends a worker that is idle for half a minute", async () => {
  using clock = new FakeClock();
  let tick = () => {};
  const original = globalThis.setInterval;
  globalThis.setInterval = ((callback: () => void) => {
    tick = callback;
    return 0;
  }) as unknown as typeof setInterval;
  using pool = new TestPool(2);
  try {
    const [old, recent] = await startJobs(pool, 2);
    await old!.end();
    clock.advance(20_000);
    await recent!.end();
    tick();
    assert(old!.worker!.isAlive);
    clock.advance(10_001);
    tick();
    assertFalse(old!.worker!.isAlive);
    assert(recent!.worker!.isAlive);
  } finally {
    globalThis.setInterval = original;
  }
});
