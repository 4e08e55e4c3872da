import { parseHttpDate } from "./http_date.ts";

/** The bytes of a file from `offset` to before `end`. */
export interface ByteRange {
  readonly offset: number;
  readonly end: number;
}

const RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The part of a file that a request asks for (RFC 9110, section 14). A server may ignore Range: it
 * does for several ranges, other units, and what is malformed.
 *
 * @param range the value of Range; `undefined` if there is none
 * @returns `null` for the whole file, `unsatisfiable` if the range has no byte of it
 */
export function parseRange(
  range: string | undefined,
  sizeBytes: number,
): ByteRange | "unsatisfiable" | null {
  const [, first = "", last = ""] = RANGE.exec(range ?? "") ?? [];
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? "unsatisfiable" : { offset: sizeBytes - length, end: sizeBytes };
  }
  const offset = Number(first);
  const end = last === "" ? sizeBytes : Number(last) + 1;
  if (end <= offset && last !== "") return null; // Malformed: the last byte lies before the first
  return offset >= sizeBytes ? "unsatisfiable" : { offset, end: Math.min(end, sizeBytes) };
}

/**
 * Whether Range counts: not if the peer has a part of another state of the file. A date never tells
 * that for sure.
 *
 * @param ifRange the value of If-Range; `undefined` if there is none
 * @param tag the file's strong entity tag
 */
export function isRangeFor(ifRange: string | undefined, tag: string): boolean {
  return ifRange === undefined || ifRange === tag;
}

/**
 * Whether the file is in the state that the request is for. A program that goes on with a download asks so, and would
 * add these bytes to those of another file.
 *
 * @param headers of the request: If-Match counts, else If-Unmodified-Since
 * @param tag the file's strong entity tag
 */
export function isWantedState(
  headers: ReadonlyMap<string, string>,
  tag: string,
  modifiedMs: number,
): boolean {
  const tags = headers.get("if-match")?.split(",").map((each) => each.trim());
  if (tags !== undefined) return tags.includes(tag) || tags.includes("*");
  const untilMs = parseHttpDate(headers.get("if-unmodified-since"));
  return untilMs === null || modifiedMs < untilMs + 1_000; // Dates have seconds
}

/** Whether a list of entity tags names one (RFC 9110, section 13.1.2). */
export function matchesTag(list: string | undefined, tag: string): boolean {
  const tags = (list ?? "").split(",").map((each) => each.trim().replace(/^W\//, ""));
  return tags.includes(tag) || tags.includes("*");
}
