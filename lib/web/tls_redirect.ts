import { looksLikeHttp } from "../protocol/frames.ts";
import { parseHost } from "./host_guard.ts";
import { encodeHead } from "./http_answer.ts";

const TARGET = /^[A-Z]+ (\/[\x21-\x7e]*) HTTP\/1\.[01]\r\n/;
const HOST = /\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n/i;

/**
 * The answer to plain HTTP on a port that speaks TLS: the same address with `https`, for now and not
 * for ever, since the port may speak plain HTTP again. `null` if the bytes are no HTTP.
 *
 * @param first the first bytes of a connection
 */
export function redirectToTls(first: Uint8Array): Uint8Array | null {
  if (!looksLikeHttp(first, 0)) return null;
  const text = String.fromCharCode(...first);
  const target = TARGET.exec(text)?.[1];
  const host = parseHost(HOST.exec(text)?.[1] ?? "");
  const headers = { "content-length": "0", "connection": "close", "cache-control": "no-store" };
  if (target === undefined || host === null) return encodeHead(400, headers);
  return encodeHead(307, { location: `https://${host.text}${target}`, ...headers });
}
