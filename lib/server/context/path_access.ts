import type { Resolve } from "../../files/directory_store.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { SessionContext } from "./session_context.ts";

/** What is checked of a session. */
export type AccessContext = Pick<SessionContext, "services" | "identity">;

/** A request that names a path. FILE is that of protocol 1, GET that of HTTP. */
export type PathRequest = "LIST" | "STAT" | "FGET" | "FILE" | "GET" | "FPUT" | "MKDR";

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
  /** What is there, if the right to it depends on that. */
  readonly info?: { readonly isFile: boolean } | null;
}

type Right = "list" | "read" | "write" | "replace";

/** The right that each request needs on its path. */
const RIGHTS: Readonly<Record<PathRequest, Right>> = {
  LIST: "list",
  STAT: "list",
  FGET: "read",
  FILE: "read",
  GET: "read",
  FPUT: "write",
  MKDR: "write",
};

const CHECKS: Readonly<Record<Right, (identity: ClientIdentity, path: string) => void>> = {
  list: (identity, path) => identity.checkList(path),
  read: (identity, path) => identity.checkRead(path),
  write: (identity, path) => identity.checkWrite(path, false),
  replace: (identity, path) => identity.checkWrite(path, true),
};

/**
 * Looks a path up for a client, which must have the right to the path as well as to what it leads to: a
 * link must not open what is closed where it lies. This and {@link watchAccess} are the only places
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
  const found = await lookUp();
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

function checkFound(
  { services: { store }, identity }: AccessContext,
  use: PathUse,
  { realPath, info }: Found,
): void {
  const right = rightTo(use, info?.isFile === true);
  for (const path of [use.path, store.truePath(realPath)]) CHECKS[right](identity, path);
}

/** To be told of a file takes the right to read it. */
function rightTo({ request, replace = false }: PathUse, isFile = false): Right {
  const right = replace ? "replace" : RIGHTS[request];
  return right === "list" && isFile ? "read" : right;
}

/** Resolves paths in a thread, for a client. */
export function resolveFor(
  { services: { pool, store }, identity: { owner } }: AccessContext,
): Resolve {
  return (path) => pool.lookUp("resolve", [store.folder, path], owner);
}
