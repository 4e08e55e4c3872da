import type { Omissions } from "../protocol/answers.ts";
import type { ReceivedEvent } from "./chat.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import type { ConnectTarget } from "./open_connection.ts";

/** How to connect. */
export interface ConnectOptions extends ConnectTarget {
  /**
   * Further servers of the same cluster: they are tried in turn where the one of `hostname` and `port` is not
   * there. After a loss, the servers that the last one has told come first. Default: none.
   */
  readonly hosts?: readonly Endpoint[];
  /** Whether to go on at other servers of the cluster after a loss. Default `true`. */
  readonly peers?: boolean;
  /** Data connections at once, beside the control connection. Default 4; protocol 2 only. */
  readonly connections?: number;
  /** Called with each chat message of others, as `[nick]: text`: not yet safe for a terminal. */
  readonly onChat?: (text: string) => void;
  /** Called with each event, the client's own messages included: not yet safe for a terminal. */
  readonly onEvent?: (event: ReceivedEvent) => void;
}

/** Options of every request. */
export interface RequestOptions {
  /** Cancels the request. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Client.list}. */
export interface ListOptions extends RequestOptions {
  /** Descend into folders. Default `false`. */
  readonly recursive?: boolean;
  /**
   * Whether to descend into a folder, whose path it gets. The others are listed without what is in
   * them, which is hardly transferred. Default: into all.
   */
  readonly descend?: (folder: string) => boolean;
  /**
   * Called with what the server leaves out, once for each page that leaves out anything. The next page
   * waits for a promise that it returns.
   */
  readonly onOmitted?: (omitted: Omissions) => unknown;
  /**
   * Called with whether the client may write in the folder, rename and remove, and make links to what is in it, if
   * the server tells it.
   */
  readonly onRights?: (mayWrite: boolean, mayDelete: boolean, mayShare: boolean) => void;
  /** Called with the folder's time of modification, milliseconds since 1970, if the server tells it. */
  readonly onFolderTime?: (modifiedMs: number) => void;
  /** Ask for the SHA-256 of files, which an entry has where the server need not read the file. Default `false`. */
  readonly hashes?: boolean;
  /** How many entries are read of a server that tells of ever more. Default 10,000,000. */
  readonly maxEntries?: number;
}
