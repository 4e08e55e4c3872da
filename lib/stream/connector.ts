import type { Endpoint } from "./endpoint.ts";
import type { Socket } from "./socket.ts";

/** How long each step of connecting may take, and what ends all of them. */
export interface ConnectLimits {
  readonly timeoutMs: number;
  /** Gives connecting up; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Makes connections. `tests/stream/connector_contract.ts` tests implementations. */
export interface Connector {
  /**
   * Connects to a server, which is proven to be the right one where the connector can prove it.
   *
   * @returns a connection, which the caller owns
   * @throws {ConnectionError}; the reason of the signal
   */
  connect(endpoint: Endpoint, limits: ConnectLimits): Promise<Socket>;
}
