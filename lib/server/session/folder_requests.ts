import type { FoundPath } from "../../files/directory_store.ts";
import { versionTag } from "../../files/file_stamp.ts";
import { toListedEntry } from "../../files/inspect_names.ts";
import { type FolderReader, type IsVisible, Listing } from "../../files/listing.ts";
import type { ListedEntry, Omissions, OmittedPath } from "../../protocol/answers.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Requests } from "../../protocol/requests.ts";
import { utf8Length } from "../../protocol/text.ts";
import { readNames } from "../../worker/read_names.ts";
import { type AccessContext, accessPath, resolveFor, watchAccess } from "../context/path_access.ts";
import type { SessionContext } from "../context/session_context.ts";

/** Bytes of DONE for the fields around the entries. */
const ENVELOPE_BYTES = 8 * 1024;

/** Bytes of DONE for the names of what is left out: at least one entry fits beside them. */
const MAX_OMISSION_BYTES = 16 * 1024;

/** What an answer about files is made from. */
export interface LookupScope {
  readonly context: Pick<SessionContext, "services" | "identity">;
  /** Fires when the request is cancelled, or the connection is closed. Made on demand: it costs much. */
  readonly signal: () => AbortSignal;
  /** Makes the request fail. */
  readonly cancel: (reason: RequestError) => void;
}

/** Answers LIST (section 3.6 of the protocol): as many entries as fit into a frame. */
export async function answerList(
  { context, signal: signalOf, cancel }: LookupScope,
  request: Requests["LIST"],
): Promise<JsonObject> {
  const signal = signalOf();
  const { services: { store, listings }, identity } = context;
  const { path, after } = request;
  const found = await lookUp(context, "LIST", path);
  const { realPath, info } = found;
  if (info.isFile) return { path, entries: after === null ? [toListedEntry(path, info)] : [] };
  if (!info.isDirectory) throw new RequestError("not-a-file");
  using _ = watchAccess(context, { request: "LIST", path }, found, cancel);
  await listings.take(identity.owner, signal);
  try {
    if (after === null) await store.checkListable(realPath);
    return await listFolder(context, request, signal);
  } finally {
    listings.release(identity.owner);
  }
}

/** As many entries of a folder as fit into a frame. The names are read and sorted in a thread. */
async function listFolder(
  context: AccessContext,
  { path, recursive, names, after }: Requests["LIST"],
  signal: AbortSignal,
): Promise<JsonObject> {
  const { services: { store, listingCursors }, identity } = context;
  const key = { client: identity.id, path, recursive, names };
  const kept = after === null ? null : listingCursors.claim({ ...key, after });
  const isVisible: IsVisible = (entry, type) =>
    type === "file" ? identity.mayRead(entry) : identity.mayList(entry);
  const options = { recursive, names, after, isVisible, reader: readerFor(context) };
  const listing = kept ?? new Listing(store, path, options);
  const page = await readPage(listing, isVisible, signal);
  const answer = {
    path,
    entries: page.entries,
    ...(page.omitted && { omitted: page.omitted }),
    write: identity.mayWrite(path),
  };
  const last = page.entries.at(-1);
  if (page.isLast || last === undefined) return answer;
  listingCursors.save({ ...key, after: last.path }, listing);
  return { ...answer, more: true };
}

/** Reads folders in a thread, for a client. */
function readerFor(context: AccessContext): FolderReader {
  const { services: { pool, store }, identity: { owner } } = context;
  return {
    resolve: resolveFor(context),
    readNames: (realPath, first, signal) =>
      pool.use((worker) => readNames(worker, store.folder, { realPath, first }, signal), {
        owner,
        kind: "short",
      }),
    inspect: (folder, names) => pool.lookUp("inspectNames", [store.folder, folder, names], owner),
  };
}

interface Page {
  readonly entries: readonly ListedEntry[];
  /** `null` if nothing is left out. */
  readonly omitted: Omissions | null;
  readonly isLast: boolean;
}

/** Checks each entry again: rights may have changed since the listing peeked at it. */
async function readPage(
  listing: Listing,
  isVisible: IsVisible,
  signal: AbortSignal,
): Promise<Page> {
  const entries: ListedEntry[] = [];
  const omitted = new OmissionTally();
  let bytes = ENVELOPE_BYTES;
  for (let entry = await listing.peek(signal);; entry = await listing.peek(signal)) {
    signal.throwIfAborted();
    const isShown = entry !== null && isVisible(entry.path, entry.type);
    if (isShown) bytes += utf8Length(JSON.stringify(entry)) + 1;
    if (bytes + omitted.bytes > LIMITS.controlBytes) {
      return { entries, omitted: omitted.all, isLast: false };
    }
    omitted.add(listing.takeOmitted());
    if (entry === null) return { entries, omitted: omitted.all, isLast: true };
    if (isShown) entries.push(entry);
    listing.advance();
  }
}

/** What a page leaves out: named as far as there is room, and counted. */
class OmissionTally {
  readonly #paths: OmittedPath[] = [];
  #count = 0;
  #bytes = 0;

  /** Bytes of the names on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `null` if nothing is left out. */
  get all(): Omissions | null {
    return this.#count === 0 ? null : { count: this.#count, paths: this.#paths };
  }

  add({ count, paths }: Omissions): void {
    this.#count += count;
    for (const path of paths) {
      const bytes = utf8Length(JSON.stringify(path)) + 1;
      if (this.#bytes + bytes > MAX_OMISSION_BYTES) return;
      if (this.#paths.length >= LIMITS.omissionsNamed) return;
      this.#bytes += bytes;
      this.#paths.push(path);
    }
  }
}

/** Answers STAT. Computes the hash of a file if it is not known. */
export async function answerStat(
  { context, signal: signalOf, cancel }: LookupScope,
  { path }: Requests["STAT"],
): Promise<JsonObject> {
  const { services: { store, hashes }, identity } = context;
  const found = await lookUp(context, "STAT", path);
  const { info } = found;
  if (info.isDirectory) return { ...toListedEntry(path, info), version: null, sha256: null };
  using _ = watchAccess(context, { request: "STAT", path }, found, cancel);
  const file = await store.find(path, { found, resolve: resolveFor(context) });
  // An empty file is hashed unread; any other was read in this state, or is read now
  if (file.stamp.sizeBytes === 0) await store.checkReadable(file);
  const sha256 = hashes.known(file) ??
    await hashes.get(file, { owner: identity.owner, signal: signalOf() });
  const { sizeBytes: size, modifiedMs: mtime } = file.stamp;
  return { path, type: "file", size, mtime, version: versionTag(file.stamp), sha256 };
}

/** Answers MKDR: in one call, unless the path leads through a link. */
export async function answerMakeFolder(
  context: SessionContext,
  { path }: Requests["MKDR"],
): Promise<JsonObject> {
  const { services: { store, pool }, identity: { owner } } = context;
  const make = (allowed: string) => pool.lookUp("makeFolder", [store.folder, path, allowed], owner);
  const first = await accessPath(context, { request: "MKDR", path }, () => make(path));
  if (first.isMade) return { path };
  const { isMade } = await make(store.truePath(first.realPath));
  if (!isMade) throw new RequestError("busy"); // A link leads elsewhere by now
  return { path };
}

async function lookUp(
  context: AccessContext,
  request: "LIST" | "STAT",
  path: string,
): Promise<FoundPath> {
  const { store } = context.services;
  const resolve = resolveFor(context);
  return await accessPath(context, { request, path }, () => store.lookUp(path, resolve));
}
