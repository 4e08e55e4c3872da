import { assertEquals, assertRejects } from "@std/assert";
import { KeyedMutex } from "../../lib/async/keyed_mutex.ts";

Deno.test("KeyedMutex.run: runs the work of a key in order, and that of another key beside it", async () => {
  const mutex = new KeyedMutex<string>();
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, until?: Promise<void>) => async () => {
    log.push(`${name} begins`);
    await until;
    log.push(`${name} ends`);
    return name;
  };
  const a1 = mutex.run("a", work("a1", first.promise));
  const a2 = mutex.run("a", work("a2"));
  assertEquals(await mutex.run("b", work("b")), "b");
  assertEquals(log, ["a1 begins", "b begins", "b ends"]);
  first.resolve();
  assertEquals(await Promise.all([a1, a2]), ["a1", "a2"]);
  assertEquals(log.slice(3), ["a1 ends", "a2 begins", "a2 ends"]);
});

Deno.test("KeyedMutex.run: rejects as its work does, and goes on with the next", async () => {
  const mutex = new KeyedMutex<number>();
  const failing = mutex.run(1, () => Promise.reject(new Error("broken")));
  const next = mutex.run(1, () => Promise.resolve("next"));
  await assertRejects(() => failing, Error, "broken");
  assertEquals(await next, "next");
});
