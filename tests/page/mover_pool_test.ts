import { assertEquals, assertRejects } from "@std/assert";
import type { MoverJob, MoverResult, ToMover } from "../../lib/page/transfer/mover_messages.ts";
import {
  MoverPool,
  type MoverWorker,
  type RunOptions,
} from "../../lib/page/transfer/mover_pool.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { within } from "../helpers/deadline.ts";

const SESSION = { session: "session", origin: "http://127.0.0.1" };
const RESULT: MoverResult = { sha256: "00", size: 1, blob: null };
const JOB: MoverJob = { kind: "download", path: "a", size: 1, target: { kind: "memory" } };

/** A worker whose answers the test gives. */
class ScriptedWorker implements MoverWorker {
  onmessage: MoverWorker["onmessage"] = null;
  onerror: MoverWorker["onerror"] = null;
  readonly received: ToMover[] = [];
  readonly #first = Promise.withResolvers<ToMover>();
  isTerminated = false;

  /** Resolves to the first message. */
  get first(): Promise<ToMover> {
    return within(this.#first.promise, "a message to the worker");
  }

  postMessage(message: ToMover): void {
    this.received.push(message);
    this.#first.resolve(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  answer({ id }: ToMover): void {
    this.onmessage?.({ data: { kind: "done", id, result: RESULT } });
  }
}

/** A pool of one worker at a time, and the workers that it has started. */
function poolOfOne(): { readonly pool: MoverPool; readonly workers: ScriptedWorker[] } {
  const workers: ScriptedWorker[] = [];
  const start = () => {
    const worker = new ScriptedWorker();
    workers.push(worker);
    return worker;
  };
  return { pool: new MoverPool(start, 1), workers };
}

function options(change: Partial<RunOptions> = {}): RunOptions {
  const { signal } = new AbortController();
  return { session: () => SESSION, size: 1, signal, onProgress() {}, ...change };
}

Deno.test("MoverPool: a worker that dies is ended and its jobs fail; the next job gets another one", async () => {
  const { pool, workers } = poolOfOne();
  const prepared = Promise.withResolvers<MoverJob>();
  const running = assertRejects(
    () => pool.run(() => Promise.resolve(JOB), options()),
    ConnectionError,
    "has ended",
  );
  const preparing = assertRejects(
    () => pool.run(() => prepared.promise, options()),
    ConnectionError,
    "has ended",
  );
  await workers[0]?.first;
  workers[0]?.onerror?.();
  prepared.resolve(JOB);
  await Promise.all([running, preparing]);
  assertEquals(workers.map(({ isTerminated }) => isTerminated), [true]);
  const next = pool.run(() => Promise.resolve(JOB), options());
  workers[1]?.answer(await workers[1].first);
  assertEquals(await next, RESULT);
});

Deno.test("MoverPool: a job whose session has ended while it was prepared is tried again later", async () => {
  const { pool, workers } = poolOfOne();
  let session: typeof SESSION | null = SESSION;
  const prepare = () => {
    session = null;
    return Promise.resolve(JOB);
  };
  await assertRejects(
    () => pool.run(prepare, options({ session: () => session })),
    ConnectionError,
    "no connection",
  );
  assertEquals(workers[0]?.received, []);
});

Deno.test("MoverPool.renew: a new worker has the place of a former one once it is loaded, whose jobs go on", async () => {
  const { pool, workers } = poolOfOne();
  const run = () => pool.run(() => Promise.resolve(JOB), options({ size: 1e9 }));
  const first = run();
  const message = await workers[0]!.first;
  pool.renew();
  pool.renew();
  const second = run();
  workers[1]!.onerror?.(); // The server does not give it
  workers[2]!.onmessage?.({ data: { kind: "ready" } });
  const next = await workers[2]!.first;
  const ends = () => workers.map(({ isTerminated }) => isTerminated);
  assertEquals(ends(), [false, true, false]);
  workers[0]!.answer(message);
  await first;
  workers[2]!.answer(next);
  await second;
  assertEquals(ends(), [true, true, false]);
  pool.renew();
  pool.renew();
  for (const worker of workers.slice(3)) worker.onmessage?.({ data: { kind: "ready" } });
  assertEquals(ends(), [true, true, true, false, true]);
});
