/** The worker that is ready before a thread is asked for. */
let early: Worker | null = null;

/**
 * Starts the worker of the first thread ahead of its use: while it loads its modules on another core, the program
 * loads its own, connects and greets. One that dies before it is taken is none.
 */
export function startWorkerEarly(): void {
  if (early !== null) return;
  early = newWorker();
  early.onerror = (event) => {
    event.preventDefault(); // Otherwise the error ends the process
    early = null;
  };
}

/** A worker for a thread, which blocks the isolate for tens of milliseconds unless one was started early. */
export function takeWorker(): Worker {
  const worker = early ?? newWorker();
  early = null;
  return worker;
}

function newWorker(): Worker {
  return new Worker(new URL("./main.ts", import.meta.url), { type: "module" });
}
