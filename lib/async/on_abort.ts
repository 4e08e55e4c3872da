/** Runs `action` when `signal` fires; at once when it has fired. */
export function onceAborted(signal: AbortSignal, action: () => void): void {
  if (signal.aborted) action();
  else signal.addEventListener("abort", action, { once: true });
}
