import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import type { Fields, JsonObject } from "../protocol/json.ts";
import { countUtf8 } from "../protocol/count_utf8.ts";
import { decodeIncarnation } from "./incarnation.ts";
import { decodeChange, encodeChange, type RosterChange } from "./member_rows.ts";

/** What a server tells of the changes of its members, and once in a while that there is none. */
export interface RosterMessage {
  /** The server. */
  readonly incarnation: string;
  /** Counts the messages with changes: 1, 2, 3 and so on. One without has the number of the last one with some. */
  readonly version: number;
  /** How far the server had applied the log. */
  readonly place: number;
  readonly changes: readonly RosterChange[];
}

/** A part of the list of all members of a server, in the order of their numbers. */
export interface RosterPage extends Omit<RosterMessage, "incarnation"> {
  /** Whether there are further ones. */
  readonly hasMore: boolean;
}

/** The largest number of members on a page. */
const PAGE_ROWS = 2_000;

/** Encodes a message. */
export function encodeRosterMessage(
  { incarnation, ...content }: RosterMessage,
): JsonObject {
  return { i: incarnation, ...encodeContent(content) };
}

/** Decodes a message. @throws {RequestError} for what no server sends */
export function decodeRosterMessage(fields: Fields): RosterMessage {
  return { incarnation: decodeIncarnation(fields, "i"), ...decodeContent(fields) };
}

/** Encodes a page. */
export function encodeRosterPage({ hasMore, ...content }: RosterPage): JsonObject {
  return { ...encodeContent(content), more: hasMore };
}

/** Decodes a page. @throws {RequestError} for what no server sends */
export function decodeRosterPage(fields: Fields): RosterPage {
  return { ...decodeContent(fields), hasMore: fields.flag("more") };
}

/** How many of the changes fit into a message; at least one. @param rows the largest number */
export function countFitting(changes: readonly RosterChange[], rows: number = PAGE_ROWS): number {
  let bytes = 0;
  const at = changes.slice(0, rows).findIndex((change) =>
    (bytes += countUtf8(JSON.stringify(encodeChange(change))) + 1) > CLUSTER_LIMITS.rosterBytes
  );
  return at < 0 ? Math.min(rows, changes.length) : Math.max(1, at);
}

function encodeContent(
  { version, place, changes }: Omit<RosterMessage, "incarnation">,
): JsonObject {
  return { v: version, at: place, c: changes.map(encodeChange) };
}

function decodeContent(fields: Fields): Omit<RosterMessage, "incarnation"> {
  return {
    version: fields.integer("v"),
    place: fields.integer("at"),
    changes: fields.objects("c").map(decodeChange),
  };
}
