import type { Language, RequestErrorCode } from "../protocol/errors.ts";
import type { Text } from "../protocol/fill_text.ts";
import { concatBytes, looksLikeHttp } from "../protocol/frames.ts";
import { preferredLanguage } from "./accept_language.ts";
import { parseHost } from "./host_guard.ts";
import { encodeHead, failureAnswer } from "./http_answer.ts";
import { httpFailureOf } from "./http_failure.ts";
import { splitTarget } from "./request_head.ts";

const TARGET = /^[A-Z]+ ([\x21-\x7e]+) HTTP\/1\.[01]\r\n/;
const HOST = /\r\nhost:[ \t]*([^\r\n]*?)[ \t]*\r\n/i;
const ACCEPT_LANGUAGE = /\r\naccept-language:([^\r\n]*)\r\n/i;

/**
 * The answer to plain HTTP on a port that speaks TLS: the same address with `https`, for now and not
 * for ever, since the port may speak plain HTTP again. `null` if the bytes are no HTTP.
 *
 * @param first the first bytes of a connection
 */
export function redirectToTls(first: Uint8Array): Uint8Array | null {
  if (!looksLikeHttp(first, 0)) return null;
  const text = String.fromCharCode(...first);
  const { authority, origin } = splitTarget(TARGET.exec(text)?.[1] ?? "");
  const host = parseHost(authority ?? HOST.exec(text)?.[1] ?? "");
  const headers = { "content-length": "0", "connection": "close", "cache-control": "no-store" };
  if (!origin.startsWith("/") || host === null) return encodeHead(400, headers);
  return encodeHead(307, { location: `https://${host.text}${origin}`, ...headers });
}

/**
 * The answer to a browser that is not admitted, before the rest of its request is read. `null` if the
 * bytes are no HTTP.
 *
 * @param first the first bytes of a connection
 * @param text the reason, for people
 * @param language where they ask for none that is spoken here
 */
export function refuseHttp(
  first: Uint8Array,
  code: RequestErrorCode,
  text: Text,
  language: Language,
): Uint8Array | null {
  if (!looksLikeHttp(first, 0)) return null;
  const list = ACCEPT_LANGUAGE.exec(String.fromCharCode(...first))?.[1];
  const { status, headers } = failureAnswer(httpFailureOf(code, text), list, language);
  const body = new TextEncoder().encode(`${text[preferredLanguage(list, language)]}\n`);
  const framing = { "content-length": String(body.length), "connection": "close" };
  return concatBytes([encodeHead(status, { ...headers, ...framing }), body]);
}
