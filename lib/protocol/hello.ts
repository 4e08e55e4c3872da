import { RequestError } from "./errors.ts";
import { encodeFrame, encodeJsonFrame } from "./frames.ts";
import { decodeObject, Fields } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { type ClusterName, decodeCluster, decodePeers, encodePeers, type Peer } from "./peers.ts";
import { cleanLine } from "./text.ts";

/** The protocol that HELO switches to. */
const PROTOCOL_2 = 2;

/** Code units of an `agent` before it is cleaned. */
const MAX_RAW_AGENT = 4 * LIMITS.agentCharacters;

/** The HELO of a client. */
export interface ClientHello {
  /** The name and version of the client's program, on one line. */
  readonly agent: string;
  /** The session token of the client that a data connection belongs to; `null` for a client. */
  readonly attach: string | null;
  /** Whether the client takes part in the chat; if not, it is in no room until it joins one. */
  readonly present: boolean;
  /** Whether the client takes names that not every system can store. */
  readonly names: boolean;
  /** The secret by which a client comes back after the loss of its connection; `null` if it does not. */
  readonly resume: string | null;
  /** Whether the client is about to log in: others are told of it after that. Default: no. */
  readonly login?: boolean | undefined;
  /** Whether the client is about to take a nick: others are told of it after that. Default: no. */
  readonly rename?: boolean | undefined;
}

/** The chat messages that a server takes of a client. */
export interface ChatRate {
  /** So many at once, … */
  readonly burst: number;
  /** … and so many a second in the long run; 0 for any number. */
  readonly perSecond: number;
}

/** The HELO of a server. */
export interface ServerHello {
  readonly agent: string;
  /** The words of section 7 of the protocol that the server announces. */
  readonly features: readonly string[];
  readonly limits: {
    /** In bytes: the largest payloads that the server accepts, and the largest chat message. */
    readonly control: number;
    readonly data: number;
    readonly message: number;
    /** `null` where the server does not say. */
    readonly chat: ChatRate | null;
  };
  readonly auth: { readonly required: boolean; readonly mechanisms: readonly string[] };
  readonly you: { readonly nick: string; readonly session: string };
  /** The server's clock, in milliseconds since 1970; `null` where the server does not say. */
  readonly time: number | null;
  /** The cluster that the server belongs to; `null` for none. */
  readonly cluster: ClusterName | null;
  /** The servers of the cluster, the answering one first; none without a cluster. */
  readonly peers: readonly Peer[];
}

/**
 * Decodes the HELO of a client. A client of a later protocol is answered with protocol 2.
 *
 * @throws {RequestError} `bad-request`, {@link ProtocolError} `bad-json`
 */
export function decodeClientHello(payload: Uint8Array): ClientHello {
  const fields = new Fields(decodeObject(payload));
  fields.integer("protocol", { minimum: PROTOCOL_2 });
  const attach = fields.optionalText("attach") ?? null;
  const present = fields.flag("present", true);
  const names = fields.flag("names");
  const resume = resumeSecret(fields);
  const login = fields.flag("login");
  const rename = fields.flag("rename");
  const agent = shortLine(fields.optionalText("agent") ?? "");
  return { agent, attach, present, names, resume, login, rename };
}

/**
 * Decodes the HELO of a server.
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
      chat: limits.has("chat") ? decodeChatRate(limits.object("chat")) : null,
    },
    auth: { required: auth.flag("required"), mechanisms: auth.texts("mechanisms") },
    you: { nick: you.optionalText("nick") ?? "", session: you.text("session") },
    time: fields.optionalInteger("time") ?? null,
    cluster: decodeCluster(fields),
    peers: decodePeers(fields),
  };
}

/** Encodes the HELO of a client. It ends in an empty line: what is no server answers it, and is told apart. */
export function encodeClientHello(
  { agent, attach, present, names, resume, login, rename }: ClientHello,
): Uint8Array {
  const hello = {
    protocol: PROTOCOL_2,
    agent,
    ...(attach !== null && { attach }),
    ...(!present && { present }),
    ...(names && { names }),
    ...(resume !== null && { resume }),
    ...(login && { login }),
    ...(rename && { rename }),
  };
  return encodeFrame("HELO", `${JSON.stringify(hello)}\r\n\r\n`);
}

/** Encodes the HELO of a server. */
export function encodeServerHello(hello: ServerHello): Uint8Array {
  const { limits: { chat, ...limits }, time, cluster, peers, ...rest } = hello;
  return encodeJsonFrame("HELO", {
    protocol: PROTOCOL_2,
    ...rest,
    limits: { ...limits, ...(chat !== null && { chat }) },
    ...(time !== null && { time }),
    ...(cluster !== null && { cluster, peers: encodePeers(peers) }),
  });
}

function resumeSecret(fields: Fields): string | null {
  const secret = fields.optionalText("resume") ?? null;
  if (secret === null) return null;
  const { resumeCharactersMin: min, resumeCharactersMax: max } = LIMITS;
  if (secret.length >= min && secret.length <= max) return secret;
  const detail = `Cannot read HELO: its "resume" must have ${min} to ${max} characters`;
  throw new RequestError("bad-request", detail);
}

function decodeChatRate(fields: Fields): ChatRate {
  return {
    burst: fields.integer("burst", { minimum: 1 }),
    perSecond: fields.integer("perSecond"),
  };
}

function shortLine(text: string): string {
  const line = text.length <= MAX_RAW_AGENT ? cleanLine(text) : text;
  if (line.length <= LIMITS.agentCharacters) return line;
  throw new RequestError("bad-request", 'Cannot read HELO: its "agent" is too long');
}
