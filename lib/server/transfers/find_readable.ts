import type { StoredFile } from "../../files/directory_store.ts";
import type { RequestError } from "../../protocol/errors.ts";
import type { SessionContext } from "../context/session_context.ts";

/**
 * Finds a file at a path that a client may read. Before it is read, {@link watchReadable} checks what
 * the path leads to.
 *
 * @param path as returned by `checkPath`
 * @throws {RequestError} as {@link DirectoryStore.find} and {@link ClientIdentity.checkRead} do
 */
export async function findReadable(
  { services: { store }, identity }: Pick<SessionContext, "services" | "identity">,
  path: string,
): Promise<StoredFile> {
  identity.checkRead(path);
  return await store.find(path);
}

/**
 * Checks that a client may read a file, now and at every change of the rules until disposal. Its
 * rights must hold for the path as well as for what it leads to: a link must not open what is closed
 * where it lies.
 *
 * @param cancel called with `denied` once the client may not read the file any more
 * @throws {RequestError} as {@link ClientIdentity.checkRead} does
 */
export function watchReadable(
  { services: { store, access }, identity }: Pick<SessionContext, "services" | "identity">,
  path: string,
  { realPath }: Pick<StoredFile, "realPath">,
  cancel: (reason: RequestError) => void,
): Disposable {
  const paths = [path, store.truePath(realPath)];
  return access.begin(() => paths.forEach((each) => identity.checkRead(each)), cancel);
}
