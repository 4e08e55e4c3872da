import type { Language } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ConnectionLimits } from "../stream/framed_connection.ts";
import type { ServerEvent } from "./events.ts";

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
  /** Default `true`. */
  readonly chat?: boolean;
  /** Default `true`. */
  readonly files?: boolean;
  /** Clients at once. Default 10,000. */
  readonly maxClients?: number;
  /** Clients from one address; 0 for no limit. Default 256. */
  readonly maxPerAddress?: number;
  /** Threads that move files. Default 32. */
  readonly maxWorkers?: number;
  /** Messages a second and client in the long run; 0 for no limit. Default 10. */
  readonly chatPerSecond?: number;
  /** Language of the texts that clients get. Default `en`. */
  readonly language?: Language;
  /** Told of everything that happens. Must not throw. Default: nobody is told. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** Overrides the table of limits, in tests. */
  readonly limits?: ConnectionLimits & { stalledMs?: number; stalledBulkMs?: number };
}

/** Options with their defaults filled in. */
export type ServerSettings = Required<Omit<ServerOptions, "dataDirectory">> & {
  readonly dataDirectory: string | null;
};

/** Fills in the defaults. */
export function withDefaults(options: ServerOptions): ServerSettings {
  return {
    hostname: "0.0.0.0",
    port: 5555,
    root: "server_files",
    chat: true,
    files: true,
    maxClients: LIMITS.clients,
    maxPerAddress: LIMITS.clientsPerAddress,
    maxWorkers: LIMITS.workers,
    chatPerSecond: LIMITS.chatPerSecond,
    language: "en",
    onEvent: () => {},
    limits: {},
    ...options,
    dataDirectory: options.dataDirectory ?? null,
  };
}
