import type { Endpoint } from "../../stream/endpoint.ts";

/** The port of a server that does not say another. */
export const DEFAULT_PORT = 5555;

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]:PORT` or a bare IPv6 address.
 *
 * @returns `null` when it is none of these
 */
export function parseAddress(text: string): Endpoint | null {
  const bracketed = /^\[([0-9a-f:.%\w]+)\](?::(\d+))?$/i.exec(text);
  const plain = /^([^\s:[\]]+)(?::(\d+))?$/.exec(text);
  const bare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.%\w]*$/i.test(text) ? [text, text] : null;
  const [, hostname, portText] = bracketed ?? plain ?? bare ?? [];
  if (hostname === undefined) return null;
  const port = portText === undefined ? DEFAULT_PORT : parsePort(portText);
  return port === null ? null : { hostname, port };
}

/** Reads a port to connect to, 1 to 65535; `null` when it is none. */
export function parsePort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}
