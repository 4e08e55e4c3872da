import { decodeListing, type ListedEntry } from "../protocol/answers.ts";
import type { Descent } from "./descent.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { ListOptions } from "./connect_options.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** Entries of a listing that are read, and names of what it leaves out. */
export const MAX_ENTRIES = 10_000_000;

/** What is asked for, and what is told of it. */
export interface ListingWay {
  /** Members of the requests. Default: none. */
  readonly members?: JsonObject;
  /** Leaves out what is in folders that the caller does not want to see into. Default: nothing. */
  readonly descent?: Descent;
}

/**
 * The entries of a folder, in as many requests as it takes.
 *
 * @throws {ProtocolError} `too-large` when the listing does not end
 */
export async function* listFolder(
  protocol: Protocol2Client,
  path: string,
  options: ListOptions,
  { members, descent }: ListingWay = {},
): AsyncGenerator<ListedEntry> {
  const { recursive = false, maxEntries = MAX_ENTRIES, onOmitted, onRights, signal } = options;
  let after: string | undefined;
  for (let count = 0;;) {
    const query = {
      path,
      names: true,
      ...(recursive && { recursive }),
      ...members,
      ...(after !== undefined && { after }),
    };
    const answer = await protocol.request("LIST", query, signal);
    const { entries, omitted, mayWrite, mayDelete, mayShare, more, last } = readAnswer(() =>
      decodeListing(answer, path)
    );
    count += entries.length + omitted.paths.length;
    if (more && (last === null || last === after || count > maxEntries)) throw endless(count);
    if (omitted.count > 0) await onOmitted?.(omitted);
    if (mayWrite !== null) onRights?.(mayWrite, mayDelete === true, mayShare);
    for (const entry of entries) {
      if (descent?.reaches(entry) ?? true) yield entry;
    }
    if (!more || last === null) return;
    after = descent?.pathAfter(last) ?? last;
  }
}

/** The error for a listing that does not end, after so many entries. */
export function endless(count: number): ProtocolError {
  const message = `Cannot list the folder: ${count} entries, without an end`;
  return new ProtocolError("too-large", message);
}
