/** A client of a server, as its operator sees it. */
export interface ClientInfo {
  /** The number of the connection, counted from 1 since the start. */
  readonly id: number;
  /** The nick. */
  readonly nick: string;
  /** IPv4 or IPv6, without the port. */
  readonly address: string;
  /** The name of the account, or `null`. */
  readonly user: string | null;
  /** When the client connected, milliseconds since 1970. */
  readonly sinceMs: number;
}
