/** How long connecting may take, by default. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long connecting may take, by the options of a connection; in milliseconds. */
export function connectTimeoutMs(
  { timeoutMs = CONNECT_TIMEOUT_MS, connectMs = timeoutMs }: {
    readonly timeoutMs?: number;
    readonly connectMs?: number;
  },
): number {
  return Math.min(timeoutMs, connectMs);
}
