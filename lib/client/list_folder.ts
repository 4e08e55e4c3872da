import { decodeListing, type ListedEntry } from "../protocol/answers.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { ListOptions } from "./connect_options.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** Entries of a listing that are read, and names of what it leaves out. */
const MAX_ENTRIES = 10_000_000;

/**
 * The entries of a folder, in as many requests as it takes.
 *
 * @throws {ProtocolError} `too-large` when the listing does not end
 */
export async function* listFolder(
  protocol: Protocol2Client,
  path: string,
  { recursive = false, maxEntries = MAX_ENTRIES, onOmitted, onRights, signal }: ListOptions,
): AsyncGenerator<ListedEntry> {
  let after: string | undefined;
  for (let count = 0;;) {
    const query = {
      path,
      names: true,
      ...(recursive && { recursive }),
      ...(after !== undefined && { after }),
    };
    const answer = await protocol.request("LIST", query, signal);
    const { entries, omitted, mayWrite, more, last } = readAnswer(() =>
      decodeListing(answer, path)
    );
    count += entries.length + omitted.paths.length;
    if (more && (last === null || last === after || count > maxEntries)) throw endless(count);
    if (omitted.count > 0) await onOmitted?.(omitted);
    if (mayWrite !== null) onRights?.(mayWrite);
    yield* entries;
    if (!more || last === null) return;
    after = last;
  }
}

function endless(count: number): ProtocolError {
  const message = `Cannot list the folder: the listing does not end, after ${count} entries`;
  return new ProtocolError("too-large", message);
}
