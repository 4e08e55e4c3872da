import { RequestError } from "./errors.ts";
import { decodeObject, Fields } from "./json.ts";
import { encodeJsonFrame } from "./frames.ts";
import { LIMITS } from "./limits.ts";
import { cleanLine } from "./text.ts";

/** The protocol that HELO switches on. */
export const PROTOCOL_2 = 2;

/** What a client says first. */
export interface ClientHello {
  /** The name and version of its program, on one line. */
  readonly agent: string;
  /** The session of another connection of the same client, or `null`. */
  readonly attach: string | null;
}

/** What a server answers. */
export interface ServerHello {
  readonly agent: string;
  /** Such as `zstd`. */
  readonly features: readonly string[];
  /** Bytes: the largest payloads that the server takes, and the largest chat message. */
  readonly limits: { readonly control: number; readonly data: number; readonly message: number };
  readonly auth: { readonly required: boolean; readonly mechanisms: readonly string[] };
  readonly you: { readonly nick: string; readonly session: string };
}

/**
 * Reads a client's HELO. A client that speaks a later protocol, too, is answered with this one.
 *
 * @throws {RequestError} `bad-request`, {@link ProtocolError} `bad-json`
 */
export function decodeClientHello(payload: Uint8Array): ClientHello {
  const fields = new Fields(decodeObject(payload));
  fields.integer("protocol", { minimum: PROTOCOL_2 });
  const attach = fields.optionalText("attach") ?? null;
  return { agent: shortLine(fields.optionalText("agent") ?? ""), attach };
}

/**
 * Reads a server's HELO.
 *
 * @throws {RequestError} `bad-request`, {@link ProtocolError} `bad-json`
 */
export function decodeServerHello(payload: Uint8Array): ServerHello {
  const fields = new Fields(decodeObject(payload));
  fields.integer("protocol", { minimum: PROTOCOL_2, maximum: PROTOCOL_2 });
  const limits = fields.object("limits");
  const auth = fields.object("auth");
  const you = fields.object("you");
  return {
    agent: shortLine(fields.optionalText("agent") ?? ""),
    features: fields.texts("features"),
    limits: {
      control: limits.optionalInteger("control") ?? LIMITS.controlBytes,
      data: limits.optionalInteger("data", { minimum: 1 }) ?? LIMITS.protocol1DataBytes,
      message: limits.optionalInteger("message") ?? LIMITS.messageBytes,
    },
    auth: { required: auth.flag("required"), mechanisms: auth.texts("mechanisms") },
    you: { nick: you.optionalText("nick") ?? "", session: you.text("session") },
  };
}

/** A client's HELO. */
export function encodeClientHello({ agent, attach }: ClientHello): Uint8Array {
  return encodeJsonFrame("HELO", {
    protocol: PROTOCOL_2,
    agent,
    ...(attach !== null && { attach }),
  });
}

/** A server's HELO. */
export function encodeServerHello(hello: ServerHello): Uint8Array {
  return encodeJsonFrame("HELO", { protocol: PROTOCOL_2, ...hello });
}

function shortLine(text: string): string {
  const line = cleanLine(text);
  if (line.length <= LIMITS.agentCharacters) return line;
  throw new RequestError("bad-request", 'Cannot read HELO: its "agent" is too long');
}
