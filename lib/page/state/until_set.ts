import { abortable } from "@std/async/abortable";
import { effect, type ReadonlySignal } from "@preact/signals-core";

/** Resolves to the value of a signal once it has one. @throws the reason of `stop`, if it fires before */
export async function untilSet<T>(
  source: ReadonlySignal<T | null>,
  stop: AbortSignal,
): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const unfollow = effect(() => {
    if (source.value !== null) resolve(source.value);
  });
  try {
    return await abortable(promise, stop);
  } finally {
    unfollow();
  }
}
