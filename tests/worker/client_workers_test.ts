import { assert, assertEquals, assertFalse } from "@std/assert";
import { ClientWorkers } from "../../lib/worker/client_workers.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { until } from "../helpers/serves_on.ts";
import { ThreadWatch } from "../helpers/workers.ts";

const isSingle = { ignore: navigator.hardwareConcurrency < 2 };
const OVER = new Error("over");

Deno.test(
  "ClientWorkers: lends one worker at a time, whose thread starts once",
  isSingle,
  async () => {
    using threads = new ThreadWatch();
    const workers = new ClientWorkers();
    assertEquals(threads.count, 1);
    const lent = workers.lend()!;
    assertEquals(workers.lend(), null);
    assertEquals(await lent.worker.call("hashKept", [0, 1]), true);
    lent[Symbol.dispose]();
    const again = workers.lend()!;
    assertEquals([again.worker === lent.worker, threads.count], [true, 2]);
    again[Symbol.dispose]();
    await workers.end(OVER);
    assertEquals(workers.lend(), null);
  },
);

Deno.test("ClientWorkers.end: waits until the worker is given back", isSingle, async () => {
  const workers = new ClientWorkers();
  const lent = workers.lend()!;
  let hasEnded = false;
  const ended = workers.end(OVER).then(() => hasEnded = true);
  await flushTasks();
  assertFalse(hasEnded);
  assert(lent.worker.isAlive);
  lent[Symbol.dispose]();
  await ended;
  assertFalse(lent.worker.isAlive);
});

Deno.test("ClientWorkers: all have fewer spare threads than the machine has cores", async () => {
  using threads = new ThreadWatch();
  const all = Array.from({ length: navigator.hardwareConcurrency }, () => new ClientWorkers());
  const lent = all.map((workers) => workers.lend());
  assertEquals(lent.filter((each) => each !== null).length, navigator.hardwareConcurrency - 1);
  assertEquals(threads.count, 2 * navigator.hardwareConcurrency - 1);
  lent[0]?.[Symbol.dispose]();
  await all[0]!.end(OVER);
  const next = all.at(-1)!.lend();
  assertEquals(next === null, isSingle.ignore);
  for (const each of [...lent, next]) each?.[Symbol.dispose]();
  await Promise.all(all.map((workers) => workers.end(OVER)));
});

Deno.test("ClientWorkers: starts another thread in place of one that died", isSingle, async () => {
  using threads = new ThreadWatch();
  const workers = new ClientWorkers();
  const lent = workers.lend()!;
  await lent.worker.call("hashKept", [0, 1]);
  threads.kill(1);
  await until(() => !lent.worker.isAlive, "the thread to die");
  lent[Symbol.dispose]();
  const again = workers.lend()!;
  assertEquals(await again.worker.call("hashKept", [0, 1]), true);
  again[Symbol.dispose]();
  await workers.end(OVER);
});
