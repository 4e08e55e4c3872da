import ipaddr from "ipaddr.js";
import type { Endpoint } from "./endpoint.ts";
import { listenError } from "./tcp.ts";

/** An HTTP server for one text. */
export interface TextServer {
  readonly port: number;
  /** Stops the server once pending responses are sent. */
  close(): Promise<void>;
}

/**
 * Answers GET requests for `path` with a text made for each request, all others with 404.
 *
 * A request whose Host is neither an address, nor `localhost`, nor one of `names` gets 421: else any
 * web page could read the text through a name of its own that leads here.
 *
 * @param names host names besides the one of the endpoint, in lower case
 * @throws {ConnectionError} `in-use`; `unusable` for an address or port that cannot be used
 */
export function serveText(
  { hostname, port }: Endpoint,
  path: string,
  makeText: () => string,
  names: readonly string[] = [],
): TextServer {
  const known = new Set(["localhost", hostname.toLowerCase(), ...names]);
  const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  const answer = ({ method, url }: Request) => {
    const asked = URL.parse(url);
    if (method !== "GET" || asked?.pathname !== path) {
      return new Response("Not found\n", { status: 404, headers });
    }
    const isKnown = known.has(asked.hostname) || isAddress(asked.hostname);
    return isKnown
      ? new Response(makeText(), { headers })
      : new Response("Unknown host name\n", { status: 421, headers });
  };
  try {
    const server = Deno.serve({ hostname, port, onListen: () => {} }, answer);
    return { port: server.addr.port, close: () => server.shutdown() };
  } catch (cause) {
    throw listenError({ hostname, port }, cause);
  }
}

/** Whether the host of a URL is an address; an IPv6 address is in brackets. */
function isAddress(host: string): boolean {
  return ipaddr.isValid(host.replace(/^\[(.*)\]$/, "$1"));
}
