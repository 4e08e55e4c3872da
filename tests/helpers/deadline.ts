/** How many times as long tests wait on a busy machine: the setting `TEST_PATIENCE`. */
export const PATIENCE = Math.max(1, Number(Deno.env.get("TEST_PATIENCE")) || 1);

/** After this time a test that waits for something gives up: it would wait for ever. */
export const DEADLINE_MS = 10_000 * PATIENCE;

/**
 * What `work` resolves to, unless that takes too long: then it rejects, saying what was waited for.
 *
 * @param onTimeout ends what is waited for, so that nothing is left behind
 */
export async function within<T>(
  work: Promise<T>,
  what: string,
  onTimeout: () => void = () => {},
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`Waited ${DEADLINE_MS / 1000} s for ${what}`));
    onTimeout();
  }, DEADLINE_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
