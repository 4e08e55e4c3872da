import type { GrantableRight } from "../../accounts/rights.ts";
import type { Language } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { ConnectionLimits } from "../../stream/framed_connection.ts";
import type { ServerEvent } from "./events.ts";

/**
 * Where the certificate of a server comes from: `own` is made at the first start, kept in the
 * `dataDirectory`, and renewed there in time, with the same key.
 */
export type TlsSource = "own" | {
  /** PEM: the server's own certificate first. */
  readonly certificatePath: string;
  /** PEM, without a password. */
  readonly keyPath: string;
};

/** What a server can be told; everything has a default. */
export interface ServerOptions {
  /** Address to listen on. Default `0.0.0.0`; `::` means IPv4 and IPv6. */
  readonly hostname?: string;
  /** Default 5555; 0 takes any free port. */
  readonly port?: number;
  /** Folder to serve, made if it is not there. Default `server_files`. */
  readonly root?: string;
  /** Folder for the state, made if it is not there. Default: no state is kept. */
  readonly dataDirectory?: string;
  /** Speak TLS, and nothing else, with this certificate. Default: no TLS. */
  readonly tls?: TlsSource;
  /** Default `true`. */
  readonly chat?: boolean;
  /** Default `true`. */
  readonly files?: boolean;
  /** Let clients upload. Default `false`: the folder is read only. */
  readonly uploads?: boolean;
  /** Largest upload, in bytes. Default: no limit. */
  readonly maxUploadBytes?: number;
  /** Clients at once. Default 10,000. */
  readonly maxClients?: number;
  /** Clients from one address; 0 for no limit. Default 256. */
  readonly maxPerAddress?: number;
  /** Threads that move files. Default 32. */
  readonly maxWorkers?: number;
  /** Messages a second and client in the long run; 0 for no limit. Default 10. */
  readonly chatPerSecond?: number;
  /** Messages that are kept of each room; 0 keeps none. Default 10,000. */
  readonly historyMessages?: number;
  /** Let in only who has an account. Default `false`. */
  readonly requireAccount?: boolean;
  /** What clients without an account may do. Default: read and chat, and write with `uploads`. */
  readonly guestRights?: ReadonlySet<GrantableRight>;
  /** Carries out a line of the console for an admin who is a client. Default: none can be. */
  readonly onCommand?: (line: string) => Promise<readonly string[]>;
  /** Language of the texts that clients get. Default `en`. */
  readonly language?: Language;
  /** Told of everything that happens. Must not throw. Default: nobody is told. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** Overrides the table of limits, in tests. */
  readonly limits?: ConnectionLimits & {
    stalledMs?: number;
    stalledBulkMs?: number;
    pingAfterMs?: number;
    silenceMs?: number;
    loginMs?: number;
  };
}

/** Options with their defaults filled in. */
export type ServerSettings =
  & Required<Omit<ServerOptions, "dataDirectory" | "maxUploadBytes" | "onCommand" | "tls">>
  & {
    readonly onCommand: NonNullable<ServerOptions["onCommand"]> | null;
    readonly dataDirectory: string | null;
    readonly tls: TlsSource | null;
    readonly maxUploadBytes: number | null;
  };

/** Fills in the defaults. */
export function withDefaults(options: ServerOptions): ServerSettings {
  return {
    hostname: "0.0.0.0",
    port: 5555,
    root: "server_files",
    chat: true,
    files: true,
    uploads: false,
    maxClients: LIMITS.clients,
    maxPerAddress: LIMITS.clientsPerAddress,
    maxWorkers: LIMITS.workers,
    chatPerSecond: LIMITS.chatPerSecond,
    historyMessages: LIMITS.historyMessages,
    requireAccount: false,
    guestRights: new Set(options.uploads ? ["read", "write", "chat"] : ["read", "chat"]),
    language: "en",
    onEvent: () => {},
    limits: {},
    ...options,
    dataDirectory: options.dataDirectory ?? null,
    tls: options.tls ?? null,
    maxUploadBytes: options.maxUploadBytes ?? null,
    onCommand: options.onCommand ?? null,
  };
}
