import type { ClusterState, JoiningState } from "../../protocol/cluster_state.ts";
import type { RequestErrorCode, RequestErrorReason } from "../../protocol/errors.ts";
import type { LinkKind } from "../../protocol/link_answers.ts";

/** Why a connection has ended. */
export type DisconnectReason =
  | "quit"
  | "ended"
  | "lost"
  | "kicked"
  | "slow-consumer"
  | "shutting-down"
  | "too-large"
  | "too-slow"
  | "truncated"
  | "violation"
  | "refused"
  | "silent"
  | "session-ended"
  | "unauthenticated"
  | "internal";

/**
 * An event of a server, for its log. Sizes are in bytes; `client` is the number of a connection.
 */
export type ServerEvent =
  | {
    readonly event: "listening";
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    /** With TLS: SHA-256 of the public key in hex, as clients pin it. */
    readonly fingerprint?: string;
    readonly root: string;
    /** The data folder, if state is kept. */
    readonly data?: string;
    /** The addresses of the web page, if there is one; the likeliest first. */
    readonly urls?: readonly string[];
  }
  | {
    readonly event: "connected";
    readonly client: number;
    readonly address: string;
    readonly protocol: 1;
    /** Over a WebSocket: the client is a page, or a program like one. */
    readonly via?: "web";
  }
  | {
    /** The client has said HELO, which replaces the protocol of `connected`. */
    readonly event: "hello";
    readonly client: number;
    readonly protocol: 2;
    readonly agent: string;
    /** The client that a data connection belongs to. */
    readonly of?: number;
  }
  | {
    readonly event: "disconnected";
    readonly client: number;
    readonly reason: DisconnectReason;
  }
  | {
    readonly event: "chat";
    readonly client: number;
    readonly user?: string;
    readonly nick: string;
    readonly room: string;
    readonly text: string;
  }
  | {
    readonly event: "download";
    /** `null` for a download over HTTP, whose peer is no client. */
    readonly client: number | null;
    readonly address?: string;
    readonly user?: string;
    readonly path: string;
    readonly bytes: number;
    readonly seconds: number;
  }
  | {
    readonly event: "upload";
    readonly client: number;
    readonly user?: string;
    readonly path: string;
    readonly bytes: number;
    /** In hex. */
    readonly sha256: string;
    readonly seconds: number;
  }
  | {
    /** A client has renamed or moved a file or folder. */
    readonly event: "move";
    readonly client: number;
    readonly user?: string;
    readonly path: string;
    readonly to: string;
  }
  | {
    /** A client has removed a file, or a folder with what is in it. */
    readonly event: "remove";
    readonly client: number;
    readonly user?: string;
    readonly path: string;
    /** How many were removed, `path` included. */
    readonly files: number;
    readonly folders: number;
    /** How many were to be removed, and are left; absent for none. */
    readonly left?: number;
  }
  | {
    readonly event: "refused";
    /** `null` for a connection that did not become a client. */
    readonly client: number | null;
    readonly user?: string;
    readonly address: string;
    readonly code: RequestErrorCode;
    /** Makes the code more precise. */
    readonly reason?: RequestErrorReason;
    readonly path?: string;
    /** Of a failed login: the account that it was for. */
    readonly account?: string;
    /** Sums up: as many were refused with this code after the one that was logged. */
    readonly more?: number;
    /** Of an ignored frame (`unsupported`), once per client and type; `TLS` for a handshake. */
    readonly type?: string;
  }
  | {
    readonly event: "login";
    readonly client: number;
    readonly user?: string;
    readonly address: string;
  }
  | {
    /** A link was made, or taken back. */
    readonly event: "link";
    readonly client: number;
    readonly user?: string;
    readonly action: "made" | "revoked";
    /** Its public id. */
    readonly link: string;
    readonly kind: LinkKind;
    readonly path: string;
  }
  | {
    /** An admin has sent a console command from a client. */
    readonly event: "command";
    readonly client: number;
    readonly user?: string;
    readonly line: string;
  }
  /** The local network is told of the server, under this name. */
  | { readonly event: "announced"; readonly name: string }
  | {
    /** Whether this server is in step with the other servers of its cluster, in plain words. */
    readonly event: "cluster";
    readonly state: JoiningState | ClusterState;
    readonly name: string;
    readonly message: string;
  }
  /** So many copies of files of the cluster are missing, or none any more. */
  | { readonly event: "copies"; readonly missing: number }
  | {
    /** A file of the served folder has not had the bytes of its SHA-256 any more. */
    readonly event: "damaged";
    readonly path: string;
    /** In hex. */
    readonly sha256: string;
    /** Whether they were had from another copy; else no server that is there has them. */
    readonly fetched: boolean;
  }
  /** The rules of the folders were reloaded. */
  | { readonly event: "rules" }
  /** The server works, but not as its operator may expect. */
  | { readonly event: "warning"; readonly message: string }
  /** `error` is the cause, for programs that describe it in their own words. */
  | { readonly event: "error"; readonly message: string; readonly error?: Error }
  | { readonly event: "stopped" };
