import { formatLinkKey } from "../../protocol/link_key.ts";
import type { MadeLink } from "../../protocol/link_answers.ts";

/**
 * The line by which the receiver of a link fetches what it opens, or sends files. The address is one that `parseTarget`
 * reads: its other half would make the page larger.
 *
 * @param url the address of a server, as of its page
 * @param fingerprint of its key; `null` without TLS
 */
export function linkLine(
  { kind, path, ...key }: Pick<MadeLink, "kind" | "id" | "secret" | "path">,
  url: string,
  fingerprint: string | null,
): string {
  const { hostname, port } = new URL(url);
  const usual = fingerprint === null ? 80 : 443;
  const place = path === "" ? "" : `/${path.split("/").map(encode).join("/")}`;
  const trust = fingerprint === null ? "" : `fp=${fingerprint}&`;
  const address = `${hostname}:${port || usual}${place}?${trust}link=${formatLinkKey(key)}`;
  return `tcp-chat ${kind} 'tcp-chat://${address}'`;
}

/** Safe between single quotes of a shell. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27");
}

/** The address of a server that its clients use: a proxy in front of it serves only browsers. */
export function linkUrl(urls: readonly string[], fingerprint: string | null): string | undefined {
  const scheme = fingerprint === null ? "http:" : "https:";
  return urls.find((url) => new URL(url).protocol === scheme);
}
