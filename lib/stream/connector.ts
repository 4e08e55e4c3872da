import type { Endpoint } from "./endpoint.ts";
import type { Socket } from "./socket.ts";

/** Limits of connecting. */
export interface ConnectLimits {
  /** For each step: TCP, and each TLS handshake. */
  readonly timeoutMs: number;
  /** Cancels the attempt; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Makes connections. Implementations are tested by `tests/stream/connector_contract.ts`. */
export interface Connector {
  /**
   * Connects to a server. A connector that can prove the server's identity does so first.
   *
   * @returns a connection, which the caller owns
   * @throws {ConnectionError}; the reason of the signal
   */
  connect(endpoint: Endpoint, limits: ConnectLimits): Promise<Socket>;
}
