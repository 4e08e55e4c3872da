import { assertEquals } from "@std/assert";
import { RequestQueue } from "../../lib/server/transfers/request_queue.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

/** A request that is answered when the test says so. */
class Request {
  readonly #answered = Promise.withResolvers<void>();

  constructor(readonly name: string, readonly log: string[]) {}

  prepare(): void {
    this.log.push(`prepare ${this.name}`);
  }

  answer(): Promise<void> {
    this.log.push(`answer ${this.name}`);
    return this.#answered.promise;
  }

  async end(): Promise<void> {
    this.#answered.resolve();
    await flushTasks();
  }
}

function queueOf(names: string) {
  const log: string[] = [];
  const queue = new RequestQueue();
  const requests = [...names].map((name) => new Request(name, log));
  for (const request of requests) queue.add(request);
  return { queue, log, requests };
}

/** Whether a promise resolves without an external event. */
async function isResolved(promise: Promise<unknown>): Promise<boolean> {
  let resolved = false;
  promise.then(() => resolved = true);
  await flushTasks();
  return resolved;
}

Deno.test("RequestQueue: answers requests one after the other, in their order", async () => {
  const { queue, log, requests } = queueOf("abc");
  assertEquals(log, ["answer a"]);
  for (const request of requests) await request.end();
  assertEquals(log.filter((line) => line.startsWith("answer")), [
    "answer a",
    "answer b",
    "answer c",
  ]);
  assertEquals(queue.isIdle, true);
});

Deno.test("RequestQueue: prepares the next request, and no further request, during an answer", async () => {
  const { log, requests } = queueOf("abc");
  assertEquals(log, ["answer a"]); // The queue was empty at the time
  await requests[0]!.end();
  assertEquals(log, ["answer a", "answer b", "prepare c"]);
  await requests[1]!.end();
  await requests[2]!.end();
  assertEquals(log, ["answer a", "answer b", "prepare c", "answer c"]);
});

Deno.test("RequestQueue.add: answers a request at once if the queue is idle", async () => {
  const { queue, log, requests: [a] } = queueOf("a");
  await a!.end();
  const b = new Request("b", log);
  queue.add(b);
  assertEquals(log, ["answer a", "answer b"]);
  await b.end();
});

Deno.test("RequestQueue.belowLimit: resolves when fewer requests than the limit wait", async () => {
  const { queue, requests } = queueOf("abcd");
  assertEquals(await isResolved(queue.belowLimit(4)), true);
  const three = queue.belowLimit(3);
  const two = queue.belowLimit(2);
  assertEquals([await isResolved(three), await isResolved(two)], [false, false]);
  await requests[0]!.end();
  assertEquals([await isResolved(three), await isResolved(two)], [true, false]);
  await requests[1]!.end();
  assertEquals(await isResolved(two), true);
  for (const request of requests) await request.end();
});

Deno.test("RequestQueue.idle: resolves when all requests are answered", async () => {
  assertEquals(await isResolved(new RequestQueue().idle()), true);
  const { queue, requests, log } = queueOf("ab");
  const [first, second] = [queue.idle(), queue.idle()];
  await requests[0]!.end();
  assertEquals(await isResolved(first), false);
  const late = new Request("c", log);
  queue.add(late);
  await requests[1]!.end();
  assertEquals(await isResolved(first), false);
  await late.end();
  assertEquals([await isResolved(first), await isResolved(second)], [true, true]);
  assertEquals(await isResolved(queue.idle()), true);
});
