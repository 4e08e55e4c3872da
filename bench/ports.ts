const POLL_MS = 2;
const TIMEOUT_MS = 10_000;

/** A free port. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Resolves once a program listens on the port.
 *
 * @throws if none does within 10 s, or `signal` fires
 */
export async function waitForListener(port: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + TIMEOUT_MS;
  while (!await isListening(port)) {
    signal.throwIfAborted();
    if (performance.now() > endMs) throw new Error(`No program listens on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}
