import { assertEquals, assertRejects } from "@std/assert";
import { Semaphore } from "../../lib/async/semaphore.ts";

Deno.test("Semaphore: runs as many tasks as it has permits, the others in order", async () => {
  const semaphore = new Semaphore(2);
  const started: number[] = [];
  const finish: Array<() => void> = [];
  const all = [0, 1, 2, 3].map((number) =>
    semaphore.run(() => {
      started.push(number);
      return new Promise<void>((resolve) => finish.push(resolve));
    })
  );
  await Promise.resolve();
  assertEquals(started, [0, 1]);
  finish[1]?.();
  await all[1];
  assertEquals(started, [0, 1, 2]);
  finish[0]?.();
  await all[0];
  assertEquals(started, [0, 1, 2, 3]);
  finish[2]?.();
  finish[3]?.();
  await Promise.all(all);
});

Deno.test("Semaphore: frees the permit of a failed task", async () => {
  const semaphore = new Semaphore(1);
  await assertRejects(() => semaphore.run(() => Promise.reject(new Error("no"))), Error, "no");
  assertEquals(await semaphore.run(() => Promise.resolve("in")), "in");
});
