import { pause } from "../async/pause.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Socket } from "./socket.ts";

const FIRST_BACKOFF_MS = 20;
const LONGEST_BACKOFF_MS = 1_000;

/** Accepts the connections of one port. `tests/stream/listener_contract.ts` tests implementations. */
export interface Listener {
  /** Where it listens, with the port that it got. */
  readonly address: Endpoint;
  /**
   * The next connection, which the caller owns; `null` once the listener is closed. One call at a
   * time.
   *
   * @throws what accepting from the system throws; the next call tries again
   */
  accept(): Promise<Socket | null>;
  /** Stops listening. Connections that were accepted stay open. Repeated calls do nothing. */
  close(): void;
}

/**
 * Hands every new connection to `onConnection` until the listener is closed.
 *
 * Errors, running out of descriptors among them, are reported and waited out with a growing
 * pause: a listener that stopped for them would never come back.
 */
export async function acceptConnections(
  listener: Listener,
  onConnection: (socket: Socket) => void,
  onError: (error: unknown) => void,
): Promise<void> {
  let backoffMs = FIRST_BACKOFF_MS;
  for (;;) {
    try {
      const socket = await listener.accept();
      if (socket === null) return;
      onConnection(socket);
      backoffMs = FIRST_BACKOFF_MS;
    } catch (error) {
      if (backoffMs === FIRST_BACKOFF_MS) onError(error);
      await pause(backoffMs);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }
}
