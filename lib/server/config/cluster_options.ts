/** The cluster that a server is one of. */
export interface ClusterOptions {
  /** Servers of NATS, at least one: `nats://HOST:PORT` or `tls://HOST:PORT`. */
  readonly servers: readonly string[];
  /** The cluster's name: 1 to 32 letters a to z, digits, - or _. Several clusters can share a NATS. */
  readonly name: string;
  /** The host name or address by which clients and other servers reach this server. */
  readonly host: string;
  /** The port that they reach it on. Default: the one that it listens on. */
  readonly port?: number;
  /** A `.creds` file, or one with the seed of an nkey. Default: NATS asks for none. */
  readonly credentialsPath?: string;
  /** A PEM file with the certificates that sign those of NATS. Default: those of the system. */
  readonly caPath?: string;
  /** How long the start waits for NATS, in milliseconds. Default: for ever. */
  readonly waitMs?: number;
  /** How many servers keep each file. Default 2. */
  readonly copies?: number | "all";
  /** Bytes of files of other servers that are kept beside the copies. Default 10 GiB. */
  readonly fetchCacheBytes?: number;
  /** Time between two looks at the served folder for what others have put there, in milliseconds. Default: a minute. */
  readonly rescanMs?: number;
  /** How long ago a file was hashed when it is hashed again, in milliseconds; `null` for never. Default: 30 days. */
  readonly scrubMs?: number | null;
}
