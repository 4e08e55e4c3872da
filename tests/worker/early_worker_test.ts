import { assert, assertEquals } from "@std/assert";
import { startWorkerEarly, takeWorker } from "../../lib/worker/early_worker.ts";

Deno.test("takeWorker: gives the worker that was started early, to one thread only", () => {
  const { Worker: RealWorker } = globalThis;
  let started = 0;
  globalThis.Worker = class extends EventTarget {
    constructor() {
      super();
      started++;
    }
  } as unknown as typeof Worker;
  try {
    startWorkerEarly();
    startWorkerEarly();
    assertEquals(started, 1);
    const early = takeWorker();
    assertEquals(started, 1);
    assert(takeWorker() !== early);
    assertEquals(started, 2);
  } finally {
    globalThis.Worker = RealWorker;
  }
});
