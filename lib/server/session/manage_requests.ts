import type { ResolvedPath } from "../../files/path_resolver.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { lastComponent } from "../../protocol/path.ts";
import type { Requests } from "../../protocol/requests.ts";
import { type AccessContext, accessPath, type PathUse } from "../context/path_access.ts";
import { recordMove, recordRemoval } from "../context/record_transfer.ts";
import type { LookupScope } from "./folder_requests.ts";
import { TreeRemoval } from "./tree_removal.ts";

/** Folders that one call looks into: it may have time for fewer. */
const FOLDERS_PER_CALL = 256;

/** Answers MOVE (section 3.11 of the protocol). */
export async function answerMove(
  { context, signal }: LookupScope,
  { path, to, replace }: Requests["MOVE"],
): Promise<JsonObject> {
  const { services: { store, pool, uploads, uploadLocks, catalogue }, identity } = context;
  if (catalogue !== null) {
    const { moveInCatalogue } = await import("./catalogue_requests.ts");
    return await moveInCatalogue(context, catalogue, { path, to, replace });
  }
  const source = await findEntry(context, { request: "MOVE", path });
  const target = await findEntry(context, { request: "FPUT", path: to, replace });
  if (source.info === null || source.isBlocked) throw new RequestError("not-found");
  if (source.info.isDirectory) {
    const from = [path, store.truePath(source.realPath)];
    const places = [to, store.truePath(target.realPath)];
    const may = from.every((each) => identity.mayBelow(each, "delete")) &&
      places.every((each) => identity.mayBelow(each, "write"));
    if (!may) throw new RequestError("denied", undefined, { reason: "rules-below" });
    await checkNoneMarked(context, signal(), source.realPath);
  }
  const move = { from: source.realPath, to: target.realPath, name: lastComponent(to), replace };
  await uploadLocks.without([move.from, move.to], async () => {
    await pool.lookUp("moveServed", [store.folder, move], identity.owner);
    uploads.parts.moved(move.from, move.to);
  });
  recordMove(context, path, to);
  return { path, to };
}

/**
 * Checks that a folder holds none of another server's, or user's, programs: that one would begin anew without its
 * accounts and rules.
 *
 * @throws {RequestError} `bad-path` `path-reserved`; `denied` for a folder in it that cannot be read; the reason of the
 * signal
 */
async function checkNoneMarked(
  { services: { pool }, identity: { owner } }: AccessContext,
  signal: AbortSignal,
  realPath: string,
): Promise<void> {
  const waiting = [realPath];
  while (waiting.length > 0) {
    signal.throwIfAborted();
    const folders = waiting.splice(-FOLDERS_PER_CALL);
    const { isMarked, lookedAt, inner } = await pool.lookUp("findMark", [folders], owner);
    if (isMarked) throw new RequestError("bad-path", undefined, { reason: "path-reserved" });
    for (const folder of [...folders.slice(lookedAt), ...inner]) waiting.push(folder);
  }
}

/** Answers DELE (section 3.11 of the protocol). */
export async function answerRemove(
  { context, signal }: LookupScope,
  { path, recursive }: Requests["DELE"],
): Promise<JsonObject> {
  const { services: { store, pool, catalogue }, identity: { owner } } = context;
  if (catalogue !== null) {
    const { removeInCatalogue } = await import("./catalogue_requests.ts");
    return await removeInCatalogue(context, catalogue, { path, recursive, signal: signal() });
  }
  const { realPath, info, existing, isBlocked } = await findEntry(context, {
    request: "DELE",
    path,
  });
  if (info === null || isBlocked) throw new RequestError("not-found");
  if (info.isDirectory && !recursive) throw new RequestError("not-a-file");
  const folder = await pool.lookUp("removeEntry", [store.folder, realPath], owner);
  if (folder !== null && !recursive) throw new RequestError("not-a-file");
  if (folder !== null) {
    return await removeTree(context, signal(), { path, folder, above: existing });
  }
  recordRemoval(context, { path, files: 1, folders: 0 });
  return { path, files: 1, folders: 0 };
}

/** What a folder to remove is found as. */
interface FoundTree {
  readonly path: string;
  readonly folder: ResolvedPath["existing"];
  /** The folder that it lies in. */
  readonly above: ResolvedPath["existing"];
}

async function removeTree(
  context: AccessContext,
  signal: AbortSignal,
  { path, folder, above }: FoundTree,
): Promise<JsonObject> {
  const { services: { pool, listings }, identity: { owner } } = context;
  await listings.take(owner, signal);
  const removal = new TreeRemoval(context, signal);
  try {
    await removal.remove(path, folder, above);
    await pool.lookUp("syncServed", [above], owner);
  } finally {
    listings.release(owner);
    const { files, folders, omitted } = removal;
    recordRemoval(context, { path, files, folders, ...(omitted && { left: omitted.count }) });
  }
  const { files, folders, omitted } = removal;
  return { path, files, folders, ...(omitted && { omitted }) };
}

/** Looks an entry up to which the client has the right: a link at the end of its path is not followed. */
async function findEntry(context: AccessContext, use: PathUse): Promise<ResolvedPath> {
  const { services: { store, pool }, identity: { owner } } = context;
  return await accessPath(
    context,
    use,
    () => pool.lookUp("resolveEntry", [store.folder, use.path], owner),
  );
}
