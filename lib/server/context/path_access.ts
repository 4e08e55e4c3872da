import { asRequestError } from "../../files/disk_error.ts";
import type { FoundPath, Resolve } from "../../files/directory_store.ts";
import type { IsVisible } from "../../files/listing.ts";
import { lookUpInCatalogue } from "../../transfer/look_up_in_catalogue.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { SessionContext } from "./session_context.ts";

/** What is checked of a session. */
export type AccessContext = Pick<SessionContext, "services" | "identity">;

/** A request that names a path. FILE is that of protocol 1, GET that of HTTP; LINK has two kinds. */
export type PathRequest =
  | "LIST"
  | "STAT"
  | "FGET"
  | "FILE"
  | "GET"
  | "FPUT"
  | "MKDR"
  | "DELE"
  | "MOVE"
  | "LINK-get"
  | "LINK-put";

/** A path that a client asks for. */
export interface PathUse {
  readonly request: PathRequest;
  /** As returned by `checkPath`, or `""` for the root. */
  readonly path: string;
  /** Whether FPUT may replace a file. */
  readonly replace?: boolean;
}

/** Where a path was found to lead. */
interface Found {
  readonly realPath: string;
  /** Where else links led on the way. */
  readonly passed?: readonly string[];
  /** What is there, if the right to it depends on that. */
  readonly info?: { readonly isDirectory: boolean } | null;
}

type Right = "list" | "read" | "write" | "replace" | "delete" | "share" | "share-file" | "ask";

/** The right that each request needs on its path. */
const RIGHTS: Readonly<Record<PathRequest, Right>> = {
  LIST: "list",
  STAT: "list",
  FGET: "read",
  FILE: "read",
  GET: "read",
  FPUT: "write",
  MKDR: "write",
  "LINK-get": "share",
  "LINK-put": "ask",
  DELE: "delete",
  MOVE: "delete",
};

/** What some rights are for all but a folder: it may be hidden where a folder of its name would not be. */
const OF_FILES: Readonly<Partial<Record<Right, Right>>> = { list: "read", share: "share-file" };

const CHECKS: Readonly<Record<Right, (identity: ClientIdentity, path: string) => void>> = {
  list: (identity, path) => identity.checkList(path),
  read: (identity, path) => identity.checkRead(path),
  write: (identity, path) => identity.checkWrite(path, false),
  replace: (identity, path) => identity.checkWrite(path, true),
  share: (identity, path) => void identity.checkShare(path, "get"),
  "share-file": (identity, path) => {
    identity.checkRead(path);
    identity.checkShare(path, "get");
  },
  ask: (identity, path) => void identity.checkShare(path, "put"),
  delete: (identity, path) => identity.checkDelete(path),
};

/**
 * Looks a path up for a client, which must have the right to the path as well as to what it leads to, and to
 * each link on the way: a link must not open what is closed where it lies. This, {@link watchAccess} and {@link watchTransfer} are the only places
 * where requests are given access.
 *
 * @param lookUp called if the client has the right to the path: nothing is told of what is hidden
 * @throws {RequestError} as the checks of {@link ClientIdentity} do, and what `lookUp` throws
 */
export async function accessPath<T extends Found>(
  context: AccessContext,
  use: PathUse,
  lookUp: () => Promise<T>,
): Promise<T> {
  const { services: { settings }, identity } = context;
  if (!settings.files) throw new RequestError("unsupported");
  CHECKS[rightTo(use)](identity, use.path);
  const found = await lookUp().catch((error) => {
    checkTold(identity, use, error);
    throw error;
  });
  checkFound(context, use, found);
  return found;
}

/**
 * Checks the rights again, now and at every change of the rules until disposal.
 *
 * @param found as returned by {@link accessPath}
 * @param cancel called with `denied` once the client has lost a right
 * @throws {RequestError} as the checks of {@link ClientIdentity} do
 */
export function watchAccess(
  context: AccessContext,
  use: PathUse,
  found: Found,
  cancel: (reason: RequestError) => void,
): Disposable {
  return context.services.access.begin(() => checkFound(context, use, found), cancel);
}

/**
 * As {@link watchAccess}, for a transfer that begins: by a link it takes a claim. That may take a while: the
 * caller looks whether the request was cancelled meanwhile.
 *
 * @throws {RequestError} as {@link watchAccess} and {@link ClientIdentity.beginTransfer} do
 */
export async function watchTransfer(
  context: AccessContext,
  use: PathUse,
  found: Found,
  cancel: (reason: RequestError) => void,
): Promise<Disposable> {
  using stack = new DisposableStack();
  stack.use(watchAccess(context, use, found, cancel));
  stack.use(await context.identity.beginTransfer());
  return stack.move();
}

/** A folder may be listed that may not be read: why nothing is found at its path is told to those that may read. */
function checkTold(identity: ClientIdentity, use: PathUse, error: unknown): void {
  const { code } = asRequestError(error);
  const [right, ofFile] = [rightTo(use), rightTo(use, true)];
  const tells = code === "bad-path" || code === "denied";
  if (tells && ofFile !== right) CHECKS[ofFile](identity, use.path);
}

function checkFound(
  { services: { store, catalogue }, identity }: AccessContext,
  use: PathUse,
  { realPath, passed = [], info }: Found,
): void {
  const right = rightTo(use, info?.isDirectory === false);
  // No link is in the catalogue, and a content may lie anywhere
  if (catalogue !== null) return CHECKS[right](identity, use.path);
  const truePaths = [...passed, realPath].map((path) => store.truePath(path));
  for (const path of [use.path, ...truePaths]) CHECKS[right](identity, path);
}

/** What a listing may tell a client of. */
export function visibleTo(identity: ClientIdentity): IsVisible {
  return (path, type) => type === "file" ? identity.mayRead(path) : identity.mayList(path);
}

/** Looks up what is at a path: in the catalogue of several servers, or in the served folder. */
export async function lookUpPath(context: AccessContext, path: string): Promise<FoundPath> {
  const { store, catalogue } = context.services;
  if (catalogue === null) return await store.lookUp(path, resolveFor(context));
  return lookUpInCatalogue(catalogue, path) ?? await notYetThere(catalogue, path);
}

/** What is not there may be on its way from another server, which has told a client of it. */
async function notYetThere(catalogue: Catalogue, path: string): Promise<FoundPath> {
  await catalogue.caughtUp();
  const found = lookUpInCatalogue(catalogue, path);
  if (found === null) throw new RequestError("not-found");
  return found;
}

/** To be told of a file, or of what is neither, takes the right to read it. */
function rightTo({ request, replace = false }: PathUse, isNoFolder = false): Right {
  const right = replace ? "replace" : RIGHTS[request];
  return isNoFolder ? OF_FILES[right] ?? right : right;
}

/** Resolves paths in a thread, for a client. */
export function resolveFor(
  { services: { pool, store }, identity: { owner } }: AccessContext,
): Resolve {
  return (path) => pool.lookUp("resolve", [store.folder, path], owner);
}
