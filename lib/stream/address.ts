import ipaddr from "ipaddr.js";
import type { Endpoint } from "./endpoint.ts";

/** Letters, marks and digits of all scripts, and the dots that stand between them (UTS 46). */
const UNICODE_NAME = /^[\p{L}\p{M}\p{N}\u200c\u200d._\u3002\uff0e\uff61-]+$/u;
const ASCII_NAME = /^[a-z0-9._-]+$/i;
/** The zone of a link-local address: the name of an interface (RFC 6874, section 2). */
const ZONE = /%[a-z0-9._~-]+$/i;

/** The port of a server that does not say another. */
export const DEFAULT_PORT = 5555;

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]:PORT` or a bare IPv6 address. A name with letters beyond ASCII
 * becomes the one that the DNS knows (RFC 5890): `münchen.de` becomes `xn--mnchen-3ya.de`.
 *
 * @returns `null` when it is none of these
 */
export function parseAddress(text: string): Endpoint | null {
  if (isIpv6(text)) return { hostname: text, port: DEFAULT_PORT };
  const [, ip, name = "", portText] = /^(?:\[([^\]]+)\]|([^\s:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const hostname = ip === undefined ? asciiName(name) : isIpv6(ip) ? ip : null;
  const port = portText === undefined ? DEFAULT_PORT : parsePort(portText);
  return hostname === null || port === null ? null : { hostname, port };
}

/** Reads a port to connect to, 1 to 65535; `null` when it is none. */
export function parsePort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Whether a text is an IPv6 address, without brackets, with a zone or without. */
export function isIpv6(text: string): boolean {
  return ipaddr.IPv6.isValid(text.replace(ZONE, ""));
}

/** `null` when the DNS cannot have the name. */
function asciiName(name: string): string | null {
  if (ASCII_NAME.test(name)) return name;
  if (!UNICODE_NAME.test(name)) return null; // The URL would have a path or a user, too
  try {
    return new URL(`http://${name}`).hostname || null;
  } catch {
    return null;
  }
}
