import { type FoundPath, versionOf } from "../../files/directory_store.ts";
import { stampOf } from "../../files/file_stamp.ts";
import { toListedEntry } from "../../files/inspect_names.ts";
import {
  type FolderReader,
  type IsVisible,
  type KnownHashes,
  type ListedPages,
  Listing,
} from "../../files/listing.ts";
import type { ListedEntry, Omissions } from "../../protocol/answers.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Requests } from "../../protocol/requests.ts";
import { countUtf8 } from "../../protocol/count_utf8.ts";
import {
  type AccessContext,
  accessPath,
  lookUpPath,
  resolveFor,
  visibleTo,
  watchAccess,
} from "../context/path_access.ts";
import { folderReader } from "../context/folder_reader.ts";
import { LISTED_AT_ONCE } from "../context/fair_turns.ts";
import type { SessionContext } from "../context/session_context.ts";
import { OmissionTally } from "./omission_tally.ts";

/** Bytes of DONE for the fields around the entries. */
const ENVELOPE_BYTES = 8 * 1024;

/** Loaded by the servers of a cluster only. */
const cataloguing = () => import("./catalogue_requests.ts");

/** What an answer about files is made from. */
export interface LookupScope {
  readonly context: AccessContext;
  /** Fires when the request is cancelled, or the connection is closed. Made on demand: it costs much. */
  readonly signal: () => AbortSignal;
  /** Makes the request fail. */
  readonly cancel: (reason: RequestError) => void;
  /** Sends a page of a listing that goes on; resolves when the peer can take more. Default: there is one page. */
  readonly sendPage?: (page: Page) => Promise<void>;
}

/** A page of a listing. */
export interface Page {
  readonly entries: readonly ListedEntry[];
  /** `null` if nothing is left out. */
  readonly omitted: Omissions | null;
  readonly isLast: boolean;
}

/** Answers LIST (section 3.6 of the protocol): as many entries as fit into the pages that are asked for. */
export async function answerList(
  scope: LookupScope,
  request: Requests["LIST"],
): Promise<JsonObject> {
  const { context, cancel } = scope;
  const signal = scope.signal();
  const { services: { store, catalogue, listings }, identity } = context;
  const { path, after } = request;
  if (after === null) await catalogue?.caughtUp();
  const found = await lookUp(context, "LIST", path);
  const { realPath, info } = found;
  if (info.isFile) {
    return { path, entries: after === null ? [entryOf(context, found, request)] : [] };
  }
  if (!info.isDirectory) throw new RequestError("not-a-file");
  using _ = watchAccess(context, { request: "LIST", path }, found, cancel);
  const inTurn: InTurn = async (work) => {
    await listings.take(identity.owner, signal);
    try {
      return await work();
    } finally {
      listings.release(identity.owner);
    }
  };
  if (after === null && catalogue === null) await inTurn(() => store.checkListable(realPath));
  const mtime = info.mtime?.getTime() ?? 0;
  return { ...await listFolder(scope, request, inTurn), mtime };
}

/** The entry of a listed file. */
function entryOf(
  { services: { hashes, stopping } }: AccessContext,
  { realPath, info }: FoundPath,
  { path, sums }: Requests["LIST"],
): ListedEntry {
  const [sha256] = sums ? hashes.knownAll([{ realPath, stamp: stampOf(info) }], stopping) : [];
  return { ...toListedEntry(path, info), ...(sha256 && { sha256 }) };
}

/** Runs some work of a listing in its turn: few are read at once. */
type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The entries of a folder: as many as fit into a frame, behind the pages that were sent. The names are read
 * and sorted in a thread.
 */
async function listFolder(
  { context, signal: signalOf, sendPage }: LookupScope,
  { path, recursive, names, after, pages, sums }: Requests["LIST"],
  inTurn: InTurn,
): Promise<JsonObject> {
  const { services: { store, hashes, catalogue, listingCursors, stopping }, identity } = context;
  const key = { client: identity.id, path, recursive, names, sums };
  const kept = after === null ? null : listingCursors.claim({ ...key, after });
  const isVisible = visibleTo(identity);
  const hashesOf: KnownHashes = (files) => hashes.knownAll(files, stopping);
  const options = { recursive, names, after, isVisible, ...(sums && { hashesOf }) };
  const listing = kept ??
    (catalogue === null
      ? new Listing(store, path, { ...options, reader: readerFor(context) })
      : (await cataloguing()).listCatalogue(catalogue, path, options));
  const readNext = () => inTurn(() => readPage(context, listing, isVisible, signalOf()));
  let page = await readNext();
  for (let left = pages; sendPage !== undefined && left > 1 && !page.isLast; left--) {
    await sendPage(page);
    page = await readNext();
  }
  const answer = {
    path,
    entries: page.entries,
    ...(page.omitted && { omitted: page.omitted }),
    write: identity.mayWrite(path),
    delete: identity.mayDelete(path),
    ...(mayShare(context, path) && { share: true }),
  };
  const last = page.entries.at(-1);
  if (page.isLast || last === undefined) return answer;
  listingCursors.save({ ...key, after: last.path }, listing);
  return { ...answer, more: true };
}

/** Whether the client may make links to what is in a folder, as far as that depends on nothing else. */
function mayShare({ services: { rules }, identity: { account } }: AccessContext, path: string) {
  return account !== null && rules.rules.mayShare(path, account);
}

/** Reads folders in a thread, for a client. */
export function readerFor({ services, identity }: AccessContext): FolderReader {
  return folderReader(services, identity.owner);
}

/**
 * Checks each entry again: rights may have changed since the listing peeked at it. Some are read in a turn: the
 * frames of others, and the other listings, have theirs between them.
 */
async function readPage(
  { services: { turns }, identity: { owner } }: AccessContext,
  listing: ListedPages,
  isVisible: IsVisible,
  signal: AbortSignal,
): Promise<Page> {
  const entries: ListedEntry[] = [];
  const omitted = new OmissionTally();
  let bytes = ENVELOPE_BYTES;
  let left = 0;
  for (let entry = await listing.peek(signal);; entry = await listing.peek(signal)) {
    if (left-- === 0) {
      left = LISTED_AT_ONCE - 1;
      await turns.take(owner, "listed");
    }
    signal.throwIfAborted();
    const isShown = entry !== null && isVisible(entry.path, entry.type);
    if (isShown) bytes += countUtf8(JSON.stringify(entry)) + 1;
    if (bytes + omitted.bytes > LIMITS.controlBytes) {
      return { entries, omitted: omitted.all, isLast: false };
    }
    omitted.add(listing.takeOmitted());
    if (entry === null) return { entries, omitted: omitted.all, isLast: true };
    if (isShown) entries.push(entry);
    listing.advance();
  }
}

/** Answers STAT. Computes the hash of a file if it is not known. */
export async function answerStat(
  { context, signal: signalOf, cancel }: LookupScope,
  { path }: Requests["STAT"],
): Promise<JsonObject> {
  const { services: { store, hashes, catalogue }, identity } = context;
  const found = await lookUp(context, "STAT", path);
  const { info } = found;
  if (info.isDirectory) return { ...toListedEntry(path, info), version: null, sha256: null };
  if (catalogue !== null) return (await cataloguing()).statInCatalogue(catalogue, path);
  using _ = watchAccess(context, { request: "STAT", path }, found, cancel);
  const file = await store.find(path, { found, resolve: resolveFor(context) });
  // An empty file is hashed unread; any other was read in this state, or is read now
  if (file.stamp.sizeBytes === 0) await store.checkReadable(file);
  const sha256 = hashes.known(file) ??
    await hashes.get(file, { owner: identity.owner, signal: signalOf() });
  const { sizeBytes: size, modifiedMs: mtime } = file.stamp;
  const version = versionOf(file);
  const exec = file.isExecutable && { exec: true };
  return { path, type: "file", size, mtime, version, sha256, ...exec };
}

/** Answers MKDR: in one call, unless the path leads through a link. */
export async function answerMakeFolder(
  context: SessionContext,
  { path }: Requests["MKDR"],
): Promise<JsonObject> {
  const { services: { store, pool, catalogue }, identity: { owner } } = context;
  if (catalogue !== null) {
    return await (await cataloguing()).makeInCatalogue(context, catalogue, path);
  }
  const make = (allowed: string) => pool.lookUp("makeFolder", [store.folder, path, allowed], owner);
  const first = await accessPath(context, { request: "MKDR", path }, () => make(path));
  const last = first.isMade ? first : await make(store.truePath(first.realPath));
  if (!last.isMade) throw new RequestError("busy"); // A link leads elsewhere by now
  return { path, ...(last.wasThere && { exists: true }) };
}

async function lookUp(
  context: AccessContext,
  request: "LIST" | "STAT",
  path: string,
): Promise<FoundPath> {
  return await accessPath(context, { request, path }, () => lookUpPath(context, path));
}
