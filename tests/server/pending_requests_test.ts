import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { PendingRequests } from "../../lib/server/context/pending_requests.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

/** Whether a promise has resolved, once all has happened that waits for nothing outside. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let resolved = false;
  promise.then(() => resolved = true);
  await flushTasks();
  return resolved;
}

Deno.test("a request is under way from its beginning to its end", () => {
  const unanswered = new PendingRequests();
  assertFalse(unanswered.has(1));
  unanswered.begin(1);
  assertEquals([unanswered.has(1), unanswered.has(2)], [true, false]);
  unanswered.end(1);
  unanswered.end(1);
  assertFalse(unanswered.has(1));
});

Deno.test("cancel ends the request of that number, with its reason, and no other", () => {
  const unanswered = new PendingRequests();
  for (const id of [1, 2]) unanswered.begin(id);
  const [first, second] = [unanswered.controllerOf(1), unanswered.controllerOf(2)];
  assertStrictEquals(unanswered.controllerOf(1), first);
  const reason = new Error("enough");
  unanswered.cancel(1, reason);
  unanswered.cancel(3, reason); // There is none
  assertStrictEquals(first.signal.reason, reason);
  assertFalse(second.signal.aborted);
  unanswered.end(2);
  unanswered.cancel(2, reason);
  assertFalse(second.signal.aborted); // It is answered
});

Deno.test("cancelAll ends all that are under way", () => {
  const unanswered = new PendingRequests();
  for (const id of [1, 2, 3, 4]) unanswered.begin(id);
  const requests = [1, 2, 3].map((id) => unanswered.controllerOf(id));
  unanswered.end(2);
  unanswered.cancelAll(new Error("gone"));
  assertEquals(requests.map(({ signal }) => signal.aborted), [true, false, true]);
  assert(unanswered.controllerOf(4).signal.aborted); // Nobody had asked
  unanswered.begin(5); // It was still on its way
  assert(unanswered.controllerOf(5).signal.aborted);
});

Deno.test("what is answered can be ended at once only, and is not under way by that", () => {
  const unanswered = new PendingRequests();
  unanswered.begin(1);
  unanswered.end(1);
  assert(unanswered.controllerOf(1).signal.aborted);
  assertFalse(unanswered.has(1));
});

Deno.test("64 may be under way, the next one waits until one is answered", async () => {
  const unanswered = new PendingRequests();
  for (let id = 1; id <= LIMITS.unansweredRequests; id++) {
    assertEquals(await isResolved(unanswered.available()), true, `${id}`);
    unanswered.begin(id);
  }
  const rooms = [unanswered.available(), unanswered.available()];
  assertEquals(await isResolved(Promise.race(rooms)), false);
  unanswered.end(999); // None of them
  assertEquals(await isResolved(Promise.race(rooms)), false);
  unanswered.end(7);
  await Promise.all(rooms);
});
