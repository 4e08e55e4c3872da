import { assert, assertEquals } from "@std/assert";
import { startWorkerEarly, takeWorker } from "../../lib/worker/early_worker.ts";

/** Runs a test with workers that do nothing; `started` counts them. */
function withIdleWorkers(test: (started: readonly Worker[]) => void): void {
  const { Worker: RealWorker } = globalThis;
  const started: Worker[] = [];
  globalThis.Worker = class extends EventTarget {
    constructor() {
      super();
      started.push(this as unknown as Worker);
    }
  } as unknown as typeof Worker;
  try {
    test(started);
  } finally {
    globalThis.Worker = RealWorker;
  }
}

Deno.test("takeWorker: gives the worker that was started early, to one thread only", () => {
  withIdleWorkers((started) => {
    startWorkerEarly();
    startWorkerEarly();
    assertEquals(started.length, 1);
    const early = takeWorker();
    assertEquals(started.length, 1);
    assert(takeWorker() !== early);
    assertEquals(started.length, 2);
  });
});

Deno.test("takeWorker: gives another worker where the early one has died, which ends nothing", () => {
  withIdleWorkers((started) => {
    startWorkerEarly();
    const [early] = started;
    const death = new ErrorEvent("error", { cancelable: true });
    early?.onerror?.(death);
    assert(death.defaultPrevented);
    assert(takeWorker() !== early);
  });
});
