import { stopGraceMs } from "./signals.ts";

/** Time to close everything once running transfers are over. */
export const CLOSE_MS = 5_000;
/** Time that the program has left to end by itself, once that has passed. */
const END_MS = 3_000;

/** How long a server may take to close from the request to stop on, in milliseconds. */
export function closePatienceMs(platform: typeof Deno.build.os): number {
  return stopGraceMs(platform) + CLOSE_MS;
}

/**
 * Starts a thread that kills this process when the time for its end is over. The main thread may hang: where it closes
 * the database on a disk that does not answer, no timer of its own fires. Disposal ends the thread.
 */
export function startStopWatchdog(
  patienceMs: number = closePatienceMs(Deno.build.os) + END_MS,
): Disposable {
  const url = new URL("./stop_watchdog_thread.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  worker.onerror = (event) => event.preventDefault(); // The stop goes on without it
  worker.postMessage(patienceMs);
  return { [Symbol.dispose]: () => worker.terminate() };
}
