import type { FailCode } from "../protocol/errors.ts";

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
  | "internal";

/** What happens on a server, as its log tells it. Sizes are bytes; clients are numbers. */
export type ServerEvent =
  | {
    readonly event: "listening";
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    readonly root: string;
  }
  | {
    readonly event: "connected";
    readonly client: number;
    readonly address: string;
    readonly protocol: 1;
  }
  | {
    readonly event: "disconnected";
    readonly client: number;
    readonly reason: DisconnectReason;
  }
  | {
    readonly event: "chat";
    readonly client: number;
    readonly nick: string;
    readonly room: string;
    readonly text: string;
  }
  | {
    readonly event: "download";
    readonly client: number;
    readonly path: string;
    readonly bytes: number;
    readonly seconds: number;
  }
  | {
    readonly event: "refused";
    /** `null` for a connection that did not become a client. */
    readonly client: number | null;
    readonly address?: string;
    readonly code: FailCode;
    readonly path?: string;
    /** Of a frame that was ignored (`unsupported`); told once per client and type. */
    readonly type?: string;
  }
  | { readonly event: "error"; readonly message: string }
  | { readonly event: "stopped" };
