import type { RequestErrorCode } from "../../protocol/errors.ts";

/** Why a client is not connected any more. */
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

/** What happens on a server, as its log tells it. Sizes are bytes; clients are numbers. */
export type ServerEvent =
  | {
    readonly event: "listening";
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    /** With TLS: SHA-256 of the public key in hex, as clients pin it. */
    readonly fingerprint?: string;
    readonly root: string;
  }
  | {
    readonly event: "connected";
    readonly client: number;
    readonly address: string;
    readonly protocol: 1;
  }
  | {
    /** A client has said HELO; what `connected` told of the protocol is not true any more. */
    readonly event: "hello";
    readonly client: number;
    readonly protocol: 2;
    readonly agent: string;
    /** The client that this is a data connection of. */
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
    readonly client: number;
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
    readonly event: "refused";
    /** `null` for a connection that did not become a client. */
    readonly client: number | null;
    readonly user?: string;
    readonly address: string;
    readonly code: RequestErrorCode;
    readonly path?: string;
    /** Of a frame that was ignored (`unsupported`); told once per client and type. */
    readonly type?: string;
  }
  | {
    readonly event: "login";
    readonly client: number;
    readonly user?: string;
    readonly address: string;
  }
  | {
    /** An admin who is a client gave a command of the console. */
    readonly event: "command";
    readonly client: number;
    readonly user?: string;
    readonly line: string;
  }
  /** The rules of the folders were read anew. */
  | { readonly event: "rules" }
  /** `error` is what the message is about, for programs that have better words for it. */
  | { readonly event: "error"; readonly message: string; readonly error?: Error }
  | { readonly event: "stopped" };
