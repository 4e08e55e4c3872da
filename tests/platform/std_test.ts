import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { abortable } from "@std/async/abortable";
import { delay } from "@std/async/delay";
import { flushTasks } from "../helpers/fake_clock.ts";

Deno.test("abortable: returns the promise's result, or rejects with the reason of the signal", async () => {
  const never = new AbortController().signal;
  const error = new Error("the promise's own");
  assertEquals(await abortable(Promise.resolve(5), never), 5);
  assertStrictEquals(await assertRejects(() => abortable(Promise.reject(error), never)), error);
  const reason = new Error("enough");
  const aborted = abortable(Promise.resolve(5), AbortSignal.abort(reason));
  assertStrictEquals(await assertRejects(() => aborted), reason);
});

Deno.test("abortable: handles a promise that rejects after the abort", async () => {
  const controller = new AbortController();
  const work = Promise.withResolvers<number>();
  const waiting = abortable(work.promise, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  work.reject(new Error("too late"));
  await flushTasks();
});

Deno.test("delay: rejects with the reason of the signal, and leaves no timer behind", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = delay(60_000, { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  assertStrictEquals(await assertRejects(() => delay(0, { signal: controller.signal })), reason);
});
