/**
 * Runs `action` once when `signal` fires, or at once if it has fired already. Disposing of the
 * result cancels that.
 *
 * ```ts
 * using _ = onAbort(signal, () => socket.close());
 * ```
 *
 * @param signal `undefined` never fires
 */
export function onAbort(signal: AbortSignal | undefined, action: () => void): Disposable {
  if (signal?.aborted) action();
  else signal?.addEventListener("abort", action, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", action) };
}
