import { delay } from "@std/async/delay";

/** Resolves after a time, or as soon as `signal` fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, { signal }).catch(() => {}); // It rejects for the signal only
}
