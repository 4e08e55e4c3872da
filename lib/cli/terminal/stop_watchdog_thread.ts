/**
 * The entry of the thread of `startStopWatchdog`.
 *
 * @module
 */

globalThis.addEventListener("message", (event) => {
  const { data: patienceMs } = event as MessageEvent<number>;
  setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), patienceMs);
});
