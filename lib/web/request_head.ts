import type { Text } from "../protocol/fill_text.ts";
import { HttpFailure } from "./http_failure.ts";
import { HTTP_TEXTS, malformedText } from "./http_texts.ts";

/** The head of a request of HTTP/1.1 or HTTP/1.0. */
export interface RequestHead {
  readonly method: string;
  /** The path of the target, percent-encoded as received, without the query. */
  readonly path: string;
  /** The query without its `?`; "" if there is none. */
  readonly query: string;
  /** Whether the version is 1.1: the peer takes chunks, and keeps the connection by default. */
  readonly isHttp11: boolean;
  /** Whether a body follows, which is never read. */
  readonly hasBody: boolean;
  /**
   * By their names in lower case; the values of repeated headers are joined with commas. `host` is that of the
   * target, if it names one.
   */
  readonly headers: ReadonlyMap<string, string>;
}

const REQUEST_LINE = /^([A-Z]{3,10}) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
/** The absolute form of a target, as a proxy gets it. */
const ABSOLUTE = /^https?:\/\/([^/?#]+)(.*)$/i;
const HTTP_2_OR_LATER = /^[A-Z]{3,10} \S+ HTTP\/(?!1\.)\d/;
/** A name (a token of RFC 9110, section 5.6.2), and a value without control characters. */
const HEADER = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
/** Headers that decide what is answered, so that two of them are an attack or a fault. */
const SINGLE = new Set(["host", "origin", "content-length", "transfer-encoding", "range"]);

/**
 * Parses a head strictly (RFC 9112): lines end with CRLF, no header is folded, and a request of
 * HTTP/1.1 has one Host.
 *
 * @param text the head without its empty line, one character for each byte
 * @throws {HttpFailure}
 */
export function parseRequestHead(text: string): RequestHead {
  const [line = "", ...lines] = text.split("\r\n");
  const [, method = "", target = "", minor] = REQUEST_LINE.exec(line) ?? [];
  const { authority, origin } = splitTarget(target);
  if (!origin.startsWith("/")) {
    if (HTTP_2_OR_LATER.test(line)) throw new HttpFailure(505, HTTP_TEXTS.version);
    throw malformed({ en: "the request line", "pt-BR": "a primeira linha" });
  }
  const headers = parseHeaders(lines);
  if (minor === "1" && !headers.has("host")) {
    throw malformed({ en: "Host is missing", "pt-BR": "falta Host" });
  }
  if (authority !== null) headers.set("host", authority); // Whatever Host says
  const length = headers.get("content-length") ?? "0";
  if (!/^\d{1,15}$/.test(length)) throw malformed("Content-Length");
  const hasBody = headers.has("transfer-encoding") || Number(length) > 0;
  const [path = "", ...query] = origin.split("?");
  return { method, path, query: query.join("?"), isHttp11: minor === "1", hasBody, headers };
}

/**
 * Takes a target apart (RFC 9112, section 3.2). A server accepts the absolute form, too, whose authority stands
 * in place of Host.
 *
 * @returns `authority`, not checked, is `null` for a target without; `origin` does not begin with `/` if the
 * target is malformed
 */
export function splitTarget(
  target: string,
): { readonly authority: string | null; readonly origin: string } {
  const [, authority, rest = ""] = ABSOLUTE.exec(target) ?? [];
  if (authority === undefined) return { authority: null, origin: target };
  return { authority, origin: rest.startsWith("/") ? rest : `/${rest}` };
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = HEADER.exec(line) ?? [];
    if (name === "") throw malformed({ en: "a header", "pt-BR": "um cabeçalho" });
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (before !== undefined && SINGLE.has(key)) throw malformed(several(name));
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** The parts of a header's list, such as `Connection: keep-alive, Upgrade`, in lower case. */
export function listOf(value: string | undefined): string[] {
  return (value ?? "").toLowerCase().split(",").map((part) => part.trim()).filter((part) => part);
}

/** Whether the peer wants the connection to stay open after the answer. */
export function wantsKeepAlive({ isHttp11, headers }: RequestHead): boolean {
  const options = listOf(headers.get("connection"));
  return isHttp11 ? !options.includes("close") : options.includes("keep-alive");
}

function several(name: string): Text {
  return { en: `more than one ${name}`, "pt-BR": `mais de um ${name}` };
}

function malformed(what: Text | string): HttpFailure {
  return new HttpFailure(400, malformedText(what));
}
