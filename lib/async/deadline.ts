/**
 * The result of work, or another value if it takes longer. The work goes on; what it rejects with then is
 * dropped.
 *
 * @param ms at least 0: less counts as 0
 */
export async function deadline<T, L>(work: Promise<T>, ms: number, late: L): Promise<T | L> {
  const { promise, resolve } = Promise.withResolvers<L>();
  const timer = setTimeout(() => resolve(late), Math.max(0, ms));
  work.catch(() => {}); // After the race nothing waits for it
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
