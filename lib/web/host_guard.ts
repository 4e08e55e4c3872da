import { canonicalAddress } from "../stream/ip_address.ts";

/** Suffixes of names that lead to no host of the Internet. */
const LOCAL_SUFFIXES = [".localhost", ".local", ".lan", ".home.arpa", ".internal"];
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?)(?::(\d{1,5}))?$/;

/** A Host that has the right form. */
export interface Host {
  /** Name or address as in a URL, in lower case; an IPv6 address in brackets. */
  readonly name: string;
  /** As received, in lower case: it is safe in a header. */
  readonly text: string;
}

/** Parses the value of Host, or the part of a URL behind its scheme; `null` if it is malformed. */
export function parseHost(value: string): Host | null {
  const text = value.toLowerCase();
  const [, name, port = "0"] = HOST.exec(text) ?? [];
  if (name === undefined || text.length > 300 || Number(port) > 65_535) return null;
  if (name.startsWith("[") && canonicalAddress(name.slice(1, -1)) === null) return null;
  return { name, text };
}

/**
 * Whether the server answers under a name. A page of the Internet can point a name of its own at
 * this server (DNS rebinding), and would then be of the same origin as this server's page: so only
 * names that lead to no host of the Internet are answered, addresses, and the given ones.
 *
 * @param names further names, in lower case
 */
export function isKnownHost({ name }: Host, names: readonly string[]): boolean {
  const plain = name.replace(/\.$/, "");
  if (plain.startsWith("[") || canonicalAddress(plain) !== null) return true;
  if (!plain.includes(".") || names.includes(plain)) return true;
  return LOCAL_SUFFIXES.some((suffix) => plain.endsWith(suffix));
}

/**
 * Whether a page of an origin may open a WebSocket: the page of this server may, and programs, which
 * have no origin.
 *
 * @param origin the value of Origin; `undefined` if there is none
 * @param names names under which a proxy serves the page with TLS
 */
export function isKnownOrigin(
  origin: string | undefined,
  host: Host,
  { scheme, names }: { readonly scheme: "http" | "https"; readonly names: readonly string[] },
): boolean {
  if (origin === undefined) return true;
  const text = origin.toLowerCase();
  if (text === `${scheme}://${host.text}`) return true;
  const [, name = ""] = /^https:\/\/([^/:]+)(?::\d+)?$/.exec(text) ?? [];
  return names.includes(name);
}
