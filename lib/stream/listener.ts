import { pause } from "../async/pause.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Socket } from "./socket.ts";

const FIRST_BACKOFF_MS = 20;
const LONGEST_BACKOFF_MS = 1_000;

/**
 * Accepts the connections of a port. Implementations are tested by
 * `tests/stream/listener_contract.ts`.
 */
export interface Listener {
  /** The address, with the port that the system assigned. */
  readonly address: Endpoint;
  /**
   * Accepts the next connection, which the caller owns; `null` once the listener is closed. One
   * call at a time.
   *
   * @throws errors of the system; the next call tries again
   */
  accept(): Promise<Socket | null>;
  /** Stops listening. Accepted connections stay open. Repeated calls do nothing. */
  close(): void;
}

/**
 * Passes every new connection to `onConnection` until the listener is closed; the next waits for a promise
 * that it returns.
 *
 * After an error, such as running out of descriptors, it waits for a growing time and goes on: a
 * listener that stopped would never recover. Only the first of a series of errors is reported.
 */
export async function acceptConnections(
  listener: Listener,
  onConnection: (socket: Socket) => unknown,
  onError: (error: unknown) => void,
): Promise<void> {
  let backoffMs = FIRST_BACKOFF_MS;
  for (;;) {
    try {
      const socket = await listener.accept();
      if (socket === null) return;
      await onConnection(socket);
      backoffMs = FIRST_BACKOFF_MS;
    } catch (error) {
      if (backoffMs === FIRST_BACKOFF_MS) onError(error);
      await pause(backoffMs);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }
}
