import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { PendingRequests } from "../../lib/server/context/pending_requests.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

/** Whether a promise resolves without an external event. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let resolved = false;
  promise.then(() => resolved = true);
  await flushTasks();
  return resolved;
}

Deno.test("PendingRequests.has: is true from the begin to the end of a request", () => {
  const pending = new PendingRequests();
  assertFalse(pending.has(1));
  pending.begin(1);
  assertEquals([pending.has(1), pending.has(2)], [true, false]);
  pending.end(1);
  pending.end(1);
  assertFalse(pending.has(1));
});

Deno.test("PendingRequests.cancel: aborts the request of that id only, with the reason", () => {
  const pending = new PendingRequests();
  for (const id of [1, 2]) pending.begin(id);
  const [first, second] = [pending.controllerOf(1), pending.controllerOf(2)];
  assertStrictEquals(pending.controllerOf(1), first);
  const reason = new Error("enough");
  pending.cancel(1, reason);
  pending.cancel(3, reason); // Unknown
  assertStrictEquals(first.signal.reason, reason);
  assertFalse(second.signal.aborted);
  pending.end(2);
  pending.cancel(2, reason);
  assertFalse(second.signal.aborted); // Answered
});

Deno.test("PendingRequests.cancelAll: aborts all requests, later requests included", () => {
  const pending = new PendingRequests();
  for (const id of [1, 2, 3, 4]) pending.begin(id);
  const requests = [1, 2, 3].map((id) => pending.controllerOf(id));
  pending.end(2);
  pending.cancelAll(new Error("gone"));
  assertEquals(requests.map(({ signal }) => signal.aborted), [true, false, true]);
  assert(pending.controllerOf(4).signal.aborted); // It had no controller
  pending.begin(5); // Begun afterwards
  assert(pending.controllerOf(5).signal.aborted);
});

Deno.test("PendingRequests.controllerOf: is aborted for an answered request, which stays answered", () => {
  const pending = new PendingRequests();
  pending.begin(1);
  pending.end(1);
  assert(pending.controllerOf(1).signal.aborted);
  assertFalse(pending.has(1));
});

Deno.test("PendingRequests.cancel: aborts a request whose controller is asked for later", () => {
  const pending = new PendingRequests();
  for (const id of [1, 2]) pending.begin(id);
  const reason = new Error("enough");
  pending.cancel(1, reason);
  assertStrictEquals(pending.controllerOf(1).signal.reason, reason);
  assertEquals([1, 2, 3].map((id) => pending.isCancelled(id)), [true, false, false]);
  pending.cancelAll(reason);
  assert(pending.isCancelled(2));
});

Deno.test("PendingRequests.available: waits while 64 requests are unanswered", async () => {
  const pending = new PendingRequests();
  for (let id = 1; id <= LIMITS.unansweredRequests; id++) {
    assertEquals(await isResolved(pending.available()), true, `${id}`);
    pending.begin(id);
  }
  const waiting = [pending.available(), pending.available()];
  assertEquals(await isResolved(Promise.race(waiting)), false);
  pending.end(999); // Unknown
  assertEquals(await isResolved(Promise.race(waiting)), false);
  pending.end(7);
  await Promise.all(waiting);
});
