import { decodeListing, type ListedEntry } from "../protocol/answers.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { ListOptions } from "./connect_options.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** Entries of a listing that are read, and names of what it leaves out. */
export const MAX_ENTRIES = 10_000_000;

/**
 * The entries of a folder, in as many requests as it takes.
 *
 * @throws {ProtocolError} `too-large` when the listing does not end
 */
export async function* listFolder(
  protocol: Protocol2Client,
  path: string,
  options: ListOptions,
): AsyncGenerator<ListedEntry> {
  const hasSums = options.sums === true && protocol.hello.features.includes("sums");
  const { recursive = false, maxEntries = MAX_ENTRIES, onOmitted, onRights, signal } = options;
  const descent = new Descent(options.descend ?? (() => true));
  let after: string | undefined;
  for (let count = 0;;) {
    const query = {
      path,
      names: true,
      ...(recursive && { recursive }),
      ...(hasSums && { sums: true }),
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
      if (descent.reaches(entry)) yield entry;
    }
    if (!more || last === null) return;
    after = descent.pathAfter(last);
  }
}

/** Sorts behind every name in a folder, and may be part of none. */
const BEHIND_ALL = "\uffff";

/** Leaves out what is in the folders that the caller does not want to see into. */
class Descent {
  readonly #isWanted: (folder: string) => boolean;
  /** The folder of this kind that was listed last. */
  #closed: string | null = null;

  constructor(isWanted: (folder: string) => boolean) {
    this.#isWanted = isWanted;
  }

  /** Whether an entry is in no such folder. Entries come in the order of the listing. */
  reaches({ path, type }: ListedEntry): boolean {
    if (this.#isBelowClosed(path)) return false;
    this.#closed = type === "folder" && !this.#isWanted(path) ? path : null;
    return true;
  }

  /** Where to go on after the path `last`: behind the folder that it is in, if that is such a one. */
  pathAfter(last: string): string {
    const isClosed = last === this.#closed || this.#isBelowClosed(last);
    return isClosed ? `${this.#closed}/${BEHIND_ALL}` : last;
  }

  #isBelowClosed(path: string): boolean {
    return this.#closed !== null && path.startsWith(`${this.#closed}/`);
  }
}

/** The error for a listing that does not end, after so many entries. */
export function endless(count: number): ProtocolError {
  const message = `Cannot list the folder: ${count} entries, without an end`;
  return new ProtocolError("too-large", message);
}
