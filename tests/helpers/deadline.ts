/** The factor by which tests wait longer on a busy machine, from the variable `TEST_PATIENCE`. */
export const PATIENCE = Math.max(1, Number(Deno.env.get("TEST_PATIENCE")) || 1);

/** The time after which a waiting test gives up. */
export const DEADLINE_MS = 10_000 * PATIENCE;

/**
 * Resolves to the result of `work`; rejects with `what` in the message after the deadline, by default
 * {@link DEADLINE_MS}.
 *
 * @param onTimeout ends the work, so that nothing is left behind
 */
export async function within<T>(
  work: Promise<T>,
  what: string,
  onTimeout: () => void = () => {},
  deadlineMs: number = DEADLINE_MS,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`Waited ${deadlineMs / 1000} s for ${what}`));
    onTimeout();
  }, deadlineMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
