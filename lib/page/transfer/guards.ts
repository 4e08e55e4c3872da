import { effect, type ReadonlySignal } from "@preact/signals-core";

/**
 * While transfers are under way, leaving the page is warned of, and the screen stays on where the
 * browser can do that.
 *
 * @param active the number of transfers under way
 */
export function guardTransfers(active: ReadonlySignal<number>): void {
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  let lock: Promise<WakeLockSentinel | null> = Promise.resolve(null);
  const hold = () => {
    if (active.value === 0 || document.visibilityState !== "visible") return;
    lock = lock.then((held) => held !== null && !held.released ? held : requestLock());
  };
  let isGuarded = false;
  effect(() => {
    const isActive = active.value > 0;
    if (isActive === isGuarded) return;
    isGuarded = isActive;
    if (isActive) {
      addEventListener("beforeunload", warn);
      hold();
    } else {
      removeEventListener("beforeunload", warn);
      lock = lock.then((held) => held?.release().then(() => null) ?? null).catch(() => null);
    }
  });
  // A hidden page loses its lock
  document.addEventListener("visibilitychange", hold);
}

/** Plain http has no wake lock, and a phone with a low battery refuses it. */
async function requestLock(): Promise<WakeLockSentinel | null> {
  const { wakeLock } = navigator as { wakeLock?: WakeLock };
  return await wakeLock?.request("screen").catch(() => null) ?? null;
}
