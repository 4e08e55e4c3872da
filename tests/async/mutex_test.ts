import { assertEquals } from "@std/assert";
import { Mutex } from "../../lib/async/mutex.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

/** A caller that locks a mutex, and holds the lock until it releases it. */
class Holder {
  #release: (() => void) | null = null;

  constructor(mutex: Mutex) {
    mutex.lock().then((release) => this.#release = release);
  }

  get hasLock(): boolean {
    return this.#release !== null;
  }

  async release(): Promise<void> {
    this.#release!();
    await flushTasks();
  }
}

Deno.test("Mutex: grants the lock at once if free, otherwise in order", async () => {
  const mutex = new Mutex();
  const holders = Array.from({ length: 3 }, () => new Holder(mutex));
  await flushTasks();
  const locks = () => holders.map(({ hasLock }) => hasLock);
  assertEquals(locks(), [true, false, false]);
  await holders[0]!.release();
  assertEquals(locks(), [true, true, false]);
  await holders[0]!.release(); // A second call does nothing
  assertEquals(locks(), [true, true, false]);
  await holders[1]!.release();
  assertEquals(locks(), [true, true, true]);
});

Deno.test("Mutex: is free again after every release", async () => {
  const mutex = new Mutex();
  for (let i = 0; i < 3; i++) {
    const holder = new Holder(mutex);
    await flushTasks();
    assertEquals(holder.hasLock, true);
    await holder.release();
  }
});

Deno.test("Mutex: is independent of other mutexes", async () => {
  const first = new Holder(new Mutex());
  const second = new Holder(new Mutex());
  await flushTasks();
  assertEquals([first.hasLock, second.hasLock], [true, true]);
});
