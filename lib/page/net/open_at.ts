import { type BrowserSocket, openBrowserSocket } from "./browser_socket.ts";
import type { Relay } from "./relay.ts";

/** How long opening a connection may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a connection to the server at an origin.
 *
 * @param relay makes it; `null` for this thread
 * @throws {ConnectionError}; the reason of the signal
 */
export function openAt(
  origin: string,
  signal: AbortSignal | undefined,
  relay: Relay | null,
): Promise<BrowserSocket> {
  const timeoutMs = CONNECT_TIMEOUT_MS;
  const url = `${origin.replace("http", "ws")}/ws`;
  return openBrowserSocket(url, { timeoutMs, signal, begin: relay?.begin });
}
