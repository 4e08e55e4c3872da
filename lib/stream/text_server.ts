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
 * @throws {ConnectionError} `in-use`; `unusable` for an address or port that cannot be used
 */
export function serveText(
  { hostname, port }: Endpoint,
  path: string,
  makeText: () => string,
): TextServer {
  const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  const answer = ({ method, url }: Request) =>
    method === "GET" && URL.parse(url)?.pathname === path
      ? new Response(makeText(), { headers })
      : new Response("Not found\n", { status: 404, headers });
  try {
    const server = Deno.serve({ hostname, port, onListen: () => {} }, answer);
    return { port: server.addr.port, close: () => server.shutdown() };
  } catch (cause) {
    throw listenError({ hostname, port }, cause);
  }
}
