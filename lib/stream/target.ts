import { checkRoomName } from "../protocol/chat_names.ts";
import { formatLinkKey, type LinkKey, parseLinkKey } from "../protocol/link_key.ts";
import { checkPath } from "../protocol/path.ts";
import { DEFAULT_PORT, isIpv6, parseAddress } from "./address.ts";
import type { Endpoint, ServerHosts } from "./endpoint.ts";
import { parseFingerprint } from "./fingerprint.ts";

/** A server, and what an address may say beside it. */
export interface Target extends Endpoint {
  /** Further servers of the same cluster, which stand behind commas. */
  readonly hosts: readonly Endpoint[];
  /** The account to log in with; `null` for none. */
  readonly user: string | null;
  /** A checked path on the server; `null` for none. */
  readonly path: string | null;
  /** Whether to use TLS: always with a fingerprint. */
  readonly tls: boolean;
  /** The only key to trust: SHA-256 in hex, lower case; `null` for any that is trusted otherwise. */
  readonly fingerprint: string | null;
  /** The room of the chat; `null` for none. */
  readonly room: string | null;
  /** The link to come by, in place of a user; `null` for none. */
  readonly link: LinkKey | null;
}

/** Why a text is no address. */
export type TargetErrorCode =
  /** It is neither HOST, HOST:PORT, several of them, nor `tcp-chat://…`. */
  | "malformed"
  /** It has a password: everybody on the machine could read it. */
  | "password"
  /** The path is not allowed; the `cause` is a `RequestError` with the reason. */
  | "path"
  | "fingerprint"
  | "room"
  /** It is no link, or stands beside a user. The value is empty: a secret is not shown. */
  | "link"
  /** A parameter is unknown, or has a value where none belongs. */
  | "parameter"
  /** A parameter stands there twice. */
  | "repeated";

/** A text is no address. */
export class TargetError extends Error {
  /** For `switch` and logs. */
  override readonly name = "TargetError";
  /** What is wrong. */
  readonly code: TargetErrorCode;
  /** The part of the text that is wrong; empty for a password. */
  readonly value: string;

  /** Makes an error about a part of a text. */
  constructor(code: TargetErrorCode, text: string, options?: ErrorOptions) {
    const value = withoutSecrets(text);
    super(`Cannot read the address: ${DETAILS[code]}${value === "" ? "" : `: ${value}`}`, options);
    this.code = code;
    this.value = value;
  }
}

/** Errors are printed and kept in logs: a password that was typed by mistake is not, nor a link. */
function withoutSecrets(text: string): string {
  return text.replace(/^((?:[a-z-]+:\/\/)?[^:/?#]*):.*@/is, "$1:…@").replace(
    /(link=|#\/(?:get|send)\/)[^&]*/gi,
    "$1…",
  );
}

const DETAILS: Readonly<Record<TargetErrorCode, string>> = {
  malformed: "it is neither HOST, HOST:PORT nor tcp-chat://HOST",
  password: "an address has no password",
  path: "the path is not allowed",
  fingerprint: "fp must be 64 hexadecimal or 52 base32 digits",
  room: "the name of the room is malformed",
  link: "link must be ID.SECRET, without a user",
  parameter: "fp, tls, room and link are all that an address has",
  repeated: "it stands there twice",
};

const SCHEME = /^tcp-chat:\/\//i;
/** `//AUTHORITY/PATH?QUERY`. `URL` is of no use: it resolves `..` and `%2e%2e`, which must be refused. */
const PARTS = /^tcp-chat:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const PARAMETERS = ["fp", "tls", "room", "link"];

/**
 * Reads the address of a server: `HOST`, `HOST:PORT`, or
 * `tcp-chat://[USER@]HOST[:PORT][/PATH][?fp=KEY&tls&room=NAME&link=ID.SECRET]`, with parts in
 * percent-encoding. Several servers of a cluster stand in a row: `HOST[:PORT],HOST[:PORT]`.
 *
 * The scheme, the parameters' names and the key may be in any case. `fp` is the SHA-256 of the server's
 * key in 64 hexadecimal or 52 base32 digits, and means TLS with no other key.
 *
 * @throws {TargetError}
 */
export function parseTarget(text: string): Target {
  if (!SCHEME.test(text)) return { ...readHosts(text.split(","), text), ...NOTHING };
  const parts = text.isWellFormed() ? PARTS.exec(text) : null;
  if (parts === null) throw new TargetError("malformed", text);
  const [, authority = "", path = "", query = ""] = parts;
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? null : readUser(authority.slice(0, at), text);
  const hosts = authority.slice(at + 1).split(",").map((host) => readHost(host, text));
  const servers = readHosts(hosts, text);
  const parameters = readParameters(query, text);
  if (user !== null && parameters.link !== null) throw new TargetError("link", "");
  return { ...servers, user, path: readPath(path, text), ...parameters };
}

/** Writes an address that {@link parseTarget} reads, safe between single quotes of a shell. */
export function formatTarget(target: Endpoint & Partial<Target>): string {
  const { user = null, path = null, room = null, link = null, hosts = [] } = target;
  const { fingerprint = null } = target;
  const tls = fingerprint !== null ? [`fp=${fingerprint}`] : target.tls === true ? ["tls"] : [];
  const more = [
    ...(room === null ? [] : [`room=${encode(room)}`]),
    ...(link === null ? [] : [`link=${formatLinkKey(link)}`]),
  ];
  const query = [...tls, ...more].join("&");
  return [
    "tcp-chat://",
    user === null ? "" : `${encode(user)}@`,
    [target, ...hosts].map(formatHost).join(","),
    path === null ? "" : `/${path.split("/").map(encode).join("/")}`,
    query === "" ? "" : `?${query}`,
  ].join("");
}

function formatHost({ hostname, port }: Endpoint): string {
  const host = hostname.includes(":") ? `[${hostname.replace("%", "%25")}]` : hostname;
  const safe = host.replaceAll("'", "%27");
  return port === DEFAULT_PORT ? safe : `${safe}:${port}`;
}

const NOTHING = {
  user: null,
  path: null,
  tls: false,
  fingerprint: null,
  room: null,
  link: null,
} as const;

/** @param text the address, for the error */
function readHost(encoded: string, text: string): string {
  const host = decode(encoded.replace(/%(?!25)(?=[^\]]*\])/, "%25"), text);
  if (isIpv6(host)) throw new TargetError("malformed", text); // Where would its port begin?
  return host;
}

/** @param text the address, for the error */
function readHosts([first = "", ...others]: readonly string[], text: string): ServerHosts {
  return {
    ...requireEndpoint(first, text),
    hosts: others.map((host) => requireEndpoint(host, text)),
  };
}

function requireEndpoint(host: string, text: string): Endpoint {
  const endpoint = parseAddress(host);
  if (endpoint === null) throw new TargetError("malformed", text);
  return endpoint;
}

function readUser(text: string, whole: string): string {
  if (text.includes(":")) throw new TargetError("password", "");
  const user = decode(text, whole);
  if (user === "" || /\p{Cc}/u.test(user)) throw new TargetError("malformed", whole);
  return user;
}

function readPath(text: string, whole: string): string | null {
  const path = decode(text, whole).replace(/(?<=[^/])\/$/, ""); // A folder may end in a slash
  if (path === "") return null;
  try {
    return checkPath(path);
  } catch (cause) {
    throw new TargetError("path", path, { cause });
  }
}

function readParameters(
  query: string,
  whole: string,
): Pick<Target, "fingerprint" | "tls" | "room" | "link"> {
  const values = new Map<string, string>();
  for (const part of query.split("&").filter((each) => each !== "")) {
    const [name = "", ...rest] = part.split("=");
    const key = name.toLowerCase();
    if (!PARAMETERS.includes(key)) throw new TargetError("parameter", name);
    if (values.has(key)) throw new TargetError("repeated", key);
    values.set(key, decode(rest.join("="), whole));
  }
  const tls = values.get("tls");
  if (tls !== undefined && tls !== "") throw new TargetError("parameter", `tls=${tls}`);
  const fingerprint = readFingerprint(values.get("fp"));
  return {
    fingerprint,
    tls: tls !== undefined || fingerprint !== null,
    room: readRoom(values.get("room")),
    link: readLink(values.get("link")),
  };
}

function readLink(text: string | undefined): LinkKey | null {
  if (text === undefined) return null;
  const link = parseLinkKey(text);
  if (link === null) throw new TargetError("link", "");
  return link;
}

function readFingerprint(text: string | undefined): string | null {
  if (text === undefined) return null;
  const fingerprint = parseFingerprint(text);
  if (fingerprint === null) throw new TargetError("fingerprint", text);
  return fingerprint;
}

function readRoom(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return checkRoomName(text);
  } catch (cause) {
    throw new TargetError("room", text, { cause });
  }
}

/** @param whole the address, for the error */
function decode(text: string, whole: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TargetError("malformed", whole);
  }
}

/** Also what a shell would end its quotes at. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27");
}
