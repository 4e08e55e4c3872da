import { nextTurn } from "../async/next_turn.ts";
import { ASSETS } from "./assets.ts";
import type { Host } from "./host_guard.ts";
import { bytesAnswer, emptyAnswer, type HttpAnswer } from "./http_answer.ts";
import { listOf, type RequestHead } from "./request_head.ts";
import { matchesTag } from "./ranges.ts";
import { pageHeaders } from "./security_headers.ts";

const encoder = new TextEncoder();
/** Compressed once, at the first request. */
const compressed = new Map<string, Promise<Uint8Array>>();

/** Whether a path is that of a file of the page. */
export function isPageFile(path: string): boolean {
  return Object.hasOwn(ASSETS, path);
}

/**
 * Answers a request for a file of the page, which a browser keeps and asks about each time.
 *
 * @param members as `memberOrigins` tells them
 */
export async function pageFileAnswer(
  { path, headers }: RequestHead,
  { text: host }: Host,
  members: readonly string[],
): Promise<HttpAnswer> {
  const { type, sha256, text } = ASSETS[path]!;
  const isZipped = acceptsGzip(headers.get("accept-encoding"));
  const tag = `"${sha256}${isZipped ? "-gzip" : ""}"`;
  const common = {
    ...pageHeaders(host, members),
    "cache-control": "no-cache",
    "etag": tag,
    "vary": "accept-encoding",
  };
  if (matchesTag(headers.get("if-none-match"), tag)) return emptyAnswer(304, common);
  const body = isZipped ? await gzipOf(path) : encoder.encode(text);
  const encoding: Record<string, string> = isZipped ? { "content-encoding": "gzip" } : {};
  return bytesAnswer(200, { ...common, "content-type": type, ...encoding }, body);
}

function acceptsGzip(list: string | undefined): boolean {
  return listOf(list).some((each) =>
    /^gzip(?:;q=(?!0(?:\.0*)?$).*)?$/.test(each.replace(/\s/g, ""))
  );
}

function gzipOf(path: string): Promise<Uint8Array> {
  const known = compressed.get(path);
  if (known !== undefined) return known;
  const zipping = zip(ASSETS[path]!.text);
  compressed.set(path, zipping);
  return zipping;
}

/** Compresses as well as it can: this is done once. Loading the library gets a turn of its own. */
async function zip(text: string): Promise<Uint8Array> {
  await nextTurn();
  const { constants, gzip } = await import("node:zlib");
  const level = constants.Z_BEST_COMPRESSION;
  return await new Promise((resolve, reject) => {
    gzip(text, { level }, (error, bytes) => error === null ? resolve(bytes) : reject(error));
  });
}
