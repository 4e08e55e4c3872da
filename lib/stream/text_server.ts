import type { Endpoint } from "./endpoint.ts";
import { listenError } from "./tcp.ts";
/** A small HTTP server for one text. */
export interface TextServer {
  readonly port: number;
  /** Ends it, and the answers under way. */
  close(): Promise<void>;
}

/**
 * Answers GET of one path with a text that is made anew each time, everything else with 404.
 *
 * @throws {ConnectionError} `in-use`, or `unusable` for an address or a port that cannot be had
 */
export function serveText(
  { hostname, port }: Endpoint,
  path: string,
  makeText: () => string,
): TextServer {
  const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  const answer = ({ method, url }: Request) =>
    method === "GET" && new URL(url).pathname === path
      ? new Response(makeText(), { headers })
      : new Response("Not found\n", { status: 404, headers });
  try {
    const server = Deno.serve({ hostname, port, onListen: () => {} }, answer);
    return { port: server.addr.port, close: () => server.shutdown() };
  } catch (cause) {
    throw listenError({ hostname, port }, cause);
  }
}
