import { pause } from "../async/pause.ts";
import type { ChatClient } from "./chat_client.ts";

/** How long after the end of a data connection that of the control connection may follow. */
const LOSS_GRACE_MS = 200;

/**
 * Waits until a client is closed, for a moment at most: a data connection may end just before the
 * control connection does, and the next attempt needs a client that is not about to close.
 */
export async function closedOrGrace(client: ChatClient): Promise<void> {
  const closed = new AbortController();
  client.closed.then(() => closed.abort());
  await pause(LOSS_GRACE_MS, closed.signal);
}
