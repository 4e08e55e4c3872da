import { effect, type ReadonlySignal } from "@preact/signals-core";
import { onAbort } from "../../async/on_abort.ts";

/** Resolves to the value of a signal once it has one. @throws the reason of `stop`, if it fires before */
export async function untilSet<T>(
  source: ReadonlySignal<T | null>,
  stop: AbortSignal,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abortion = onAbort(stop, () => reject(stop.reason));
  const unfollow = effect(() => {
    if (source.value !== null) resolve(source.value);
  });
  try {
    return await promise;
  } finally {
    abortion[Symbol.dispose]();
    unfollow();
  }
}
