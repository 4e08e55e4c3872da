import { delay } from "@std/async/delay";

/** Resolves after `ms`, or as soon as `signal` fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, { signal }).catch(() => {}); // It rejects only for the signal
}
