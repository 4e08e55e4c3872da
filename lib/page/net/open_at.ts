import { type BrowserSocket, openBrowserSocket, type OpeningSocket } from "./browser_socket.ts";

/** How long opening a connection may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How {@link openAt} opens a connection. */
export interface OpenAtOptions {
  readonly signal?: AbortSignal | undefined;
  /** What begins it; `null` for this thread. */
  readonly by: { begin(url: string): OpeningSocket } | null;
}

/** Opens a connection to the server at an origin. @throws {ConnectionError}; the reason of the signal */
export function openAt(origin: string, { signal, by }: OpenAtOptions): Promise<BrowserSocket> {
  return openBrowserSocket(`${origin.replace("http", "ws")}/ws`, {
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal,
    ...(by !== null && { begin: (url) => by.begin(url) }),
  });
}
