import { assert, assertEquals } from "@std/assert";
import { within } from "../helpers/deadline.ts";

/** Starts a worker that runs some code. */
function startWorker(code: string): Worker {
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  return new Worker(url, { type: "module" });
}

Deno.test("Worker.postMessage: transfers a buffer to the worker and back", async () => {
  const worker = startWorker(
    "onmessage = ({ data }) => { new Uint8Array(data)[0]++; postMessage(data, [data]); }",
  );
  const { promise, resolve } = Promise.withResolvers<ArrayBuffer>();
  worker.onmessage = ({ data }) => resolve(data);
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  worker.postMessage(buffer, [buffer]);
  assert(buffer.detached);
  const returned = await within(promise, "the buffer to come back");
  assertEquals([...new Uint8Array(returned)], [2, 2, 3]);
  worker.terminate();
});

Deno.test("Worker.postMessage: keeps the order of messages in both directions", async () => {
  const worker = startWorker("onmessage = ({ data }) => postMessage(data)");
  const { promise, resolve } = Promise.withResolvers<void>();
  const received: number[] = [];
  worker.onmessage = ({ data }) => received.push(data) === 100 && resolve();
  for (let i = 0; i < 100; i++) worker.postMessage(i);
  await within(promise, "a hundred messages");
  assertEquals(received, Array.from({ length: 100 }, (_, i) => i));
  worker.terminate();
});

Deno.test("Worker.terminate: releases the file locks of the worker", async () => {
  const path = await Deno.makeTempFile();
  const worker = startWorker(`
    const file = Deno.openSync(${JSON.stringify(path)}, { write: true });
    postMessage(file.tryLockSync(true));
  `);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  worker.onmessage = ({ data }) => resolve(data);
  assertEquals(await within(promise, "the lock"), true);
  using file = await Deno.open(path, { write: true });
  assertEquals(await file.tryLock(true), false);
  worker.terminate();
  await within(file.lock(true), "the lock to be free");
  await Deno.remove(path);
});
