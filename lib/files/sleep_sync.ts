/** Blocks this thread for so many milliseconds. For workers, and for what has no other work yet. */
export function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
