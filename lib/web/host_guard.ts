import type { Peer } from "../protocol/peers.ts";
import { formatEndpoint } from "../stream/endpoint.ts";
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
 * The origins of the pages of servers, as browsers write them: of those that speak TLS as this one does, or as
 * little. A page that came without TLS is whatever is on its way, and one that came with it opens no other
 * connection.
 *
 * @param members where these servers say that they are reached: what is no host as it is in a URL is left out
 */
export function memberOrigins(members: readonly Peer[], scheme: PageOrigins["scheme"]): string[] {
  return members.filter(({ fingerprint }) => (fingerprint !== null) === (scheme === "https"))
    .flatMap(({ host, port }) => {
      const url = URL.parse(`${scheme}://${formatEndpoint({ hostname: host, port })}`);
      const isHost = url?.href === `${url?.origin}/` && parseHost(url.host) !== null;
      return isHost ? [url.origin] : [];
    });
}

/** Where the page of a server may come from. */
export interface PageOrigins {
  /** That of this server's port. */
  readonly scheme: "http" | "https";
  /** Names under which a proxy serves the page with TLS. */
  readonly names: readonly string[];
  /** The origins of the pages of the other servers of its cluster, as `memberOrigins` tells them. */
  readonly members: readonly string[];
}

/**
 * Whether a page of an origin may open a WebSocket: the page of this server may, those of its cluster, and
 * programs, which have no origin.
 *
 * @param origin the value of Origin; `undefined` if there is none
 */
export function isKnownOrigin(
  origin: string | undefined,
  host: Host,
  { scheme, names, members }: PageOrigins,
): boolean {
  if (origin === undefined) return true;
  const text = origin.toLowerCase();
  if (text === `${scheme}://${host.text}` || members.includes(text)) return true;
  const [, name = ""] = /^https:\/\/([^/:]+)(?::\d+)?$/.exec(text) ?? [];
  return names.includes(name);
}
