import type { GrantableRight } from "../../accounts/rights.ts";
import type { Language } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { ConnectionLimits } from "../../stream/framed_connection.ts";
import type { RateLimits } from "../../stream/rate_limits.ts";
import type { Engine } from "../../cluster/engine.ts";
import type { HealReason } from "../../protocol/cluster_state.ts";
import type { ClusterOptions } from "./cluster_options.ts";
import type { ServerEvent } from "./events.ts";

/**
 * The source of a server's certificate: `own` is made at the first start, kept in the
 * `dataDirectory`, and renewed in time with the same key.
 */
export type TlsSource = "own" | {
  /** A PEM file: the server's own certificate first, then the chain. */
  readonly certificatePath: string;
  /** A PEM file without a password. */
  readonly keyPath: string;
};

/** Options of a server; each has a default. */
export interface ServerOptions {
  /** Address to listen on. Default `0.0.0.0`; `::` means IPv4 and IPv6. */
  readonly hostname?: string;
  /** TCP port; 0 for any free port. Default 5555. */
  readonly port?: number;
  /** Folder to serve, created if missing. Default `server_files`. */
  readonly root?: string;
  /** Folder for the state, created if missing. Default: no state is kept. */
  readonly dataDirectory?: string;
  /**
   * Start even if the database in the `dataDirectory` cannot be used: without bans, accounts and
   * history. Default `false`.
   */
  readonly withoutDatabase?: boolean;
  /**
   * Files and folders of the caller's own: if they lie in the served folder, they are as if they did
   * not. So are the `dataDirectory` and the key for TLS. Default: none.
   */
  readonly ownPaths?: readonly string[];
  /** Speak TLS, and nothing else, with this certificate. Default: no TLS. */
  readonly tls?: TlsSource;
  /**
   * Tell the local network of the server, under this name, by multicast DNS. It has to listen on all
   * interfaces. Default: the network is not told.
   */
  readonly announce?: string;
  /** Serve the chat. Default `true`. */
  readonly chat?: boolean;
  /** Serve files. Default `true`. */
  readonly files?: boolean;
  /** Let clients upload. Default `false`: the folder is read only. */
  readonly uploads?: boolean;
  /** Largest upload, in bytes. Default: no limit. */
  readonly maxUploadBytes?: number;
  /** Bytes of all unfinished uploads together; the oldest are dropped. Default 32 GiB. */
  readonly maxUnfinishedBytes?: number;
  /** Connections at once. Default 10,000. */
  readonly maxClients?: number;
  /** Connections from an address; 0 for no limit. Default 256. */
  readonly maxPerAddress?: number;
  /** Threads that move files. Default 32. */
  readonly maxWorkers?: number;
  /**
   * Bytes of file data a second, in each direction; `Server.rateLimits` changes that. Default: no
   * limits.
   */
  readonly rateLimits?: RateLimits;
  /** Messages per second and client in the long run; 0 for no limit. Default 10. */
  readonly chatPerSecond?: number;
  /** Messages kept of each room; 0 keeps none. Default 10,000. */
  readonly historyMessages?: number;
  /** Be one of several servers that are one for their clients. Needs a `dataDirectory`. Default: alone. */
  readonly cluster?: ClusterOptions;
  /** Start alone with a `dataDirectory` that belongs to a cluster, and leave the cluster. Default `false`. */
  readonly alone?: boolean;
  /** Require a login before anything else. Default `false`. */
  readonly requireAccount?: boolean;
  /** Rights of clients without an account. Default: read and chat, and write with `uploads`. */
  readonly guestRights?: ReadonlySet<GrantableRight>;
  /**
   * Runs a console command that an admin sends from a client, which has that number. Resolves with
   * the lines of the answer. Default: such commands are `denied`.
   */
  readonly onCommand?: (line: string, client: number) => Promise<readonly string[]>;
  /** Language of the texts for clients and of the log. Default `en`. */
  readonly language?: Language;
  /** Called for every event. Must not throw. Default: events are dropped. */
  readonly onEvent?: (event: ServerEvent) => void;
}

/** The same with what is no promise to strangers. */
export interface ServerSetup extends ServerOptions {
  /** Connects to what the cluster is made on, in place of NATS, for tests. */
  readonly openEngine?: () => Promise<Engine>;
  /**
   * Called again and again while the server is out of step with its cluster, and would be in step if it was
   * stopped and started again. Must not throw. Default: nothing.
   */
  readonly onHealable?: (reason: HealReason) => void;
  /** Overrides of the table of limits, for tests. */
  readonly limits?: ConnectionLimits & {
    readonly receiptMs?: number;
    stalledMs?: number;
    stalledBulkMs?: number;
    pingAfterMs?: number;
    silenceMs?: number;
    loginMs?: number;
  };
}

/** Options with their defaults filled in. */
export type ServerSettings =
  & Required<
    Omit<
      ServerSetup,
      | "announce"
      | "cluster"
      | "dataDirectory"
      | "maxUploadBytes"
      | "onCommand"
      | "openEngine"
      | "tls"
    >
  >
  & {
    readonly onCommand: NonNullable<ServerOptions["onCommand"]> | null;
    readonly announce: string | null;
    readonly cluster: ClusterOptions | null;
    readonly openEngine: (() => Promise<Engine>) | null;
    readonly dataDirectory: string | null;
    readonly tls: TlsSource | null;
    readonly maxUploadBytes: number | null;
    /** Whether the server shows a web page. */
    readonly hasPage: boolean;
  };

/** Fills in the defaults. */
export function withDefaults(options: ServerSetup, hasPage = false): ServerSettings {
  return {
    hasPage,
    hostname: "0.0.0.0",
    port: 5555,
    root: "server_files",
    chat: true,
    files: true,
    uploads: false,
    ownPaths: [],
    maxUnfinishedBytes: LIMITS.unfinishedUploadBytes,
    maxClients: LIMITS.clients,
    maxPerAddress: LIMITS.clientsPerAddress,
    maxWorkers: LIMITS.workers,
    rateLimits: {},
    chatPerSecond: LIMITS.chatPerSecond,
    historyMessages: LIMITS.historyMessages,
    requireAccount: false,
    alone: false,
    withoutDatabase: false,
    guestRights: new Set(options.uploads ? ["read", "write", "chat"] : ["read", "chat"]),
    language: "en",
    onEvent: () => {},
    onHealable: () => {},
    limits: {},
    ...options,
    announce: options.announce ?? null,
    cluster: options.cluster ?? null,
    openEngine: options.openEngine ?? null,
    dataDirectory: options.dataDirectory ?? null,
    tls: options.tls ?? null,
    maxUploadBytes: options.maxUploadBytes ?? null,
    onCommand: options.onCommand ?? null,
  };
}
