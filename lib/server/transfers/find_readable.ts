import type { StoredFile } from "../../files/directory_store.ts";
import type { SessionContext } from "../context/session_context.ts";

/**
 * Finds a file that a client may read. Its rights must hold for the path as well as for what it leads
 * to: a link must not open what is closed where it lies.
 *
 * @param path as returned by `checkPath`
 * @throws {RequestError} as {@link DirectoryStore.find} and {@link ClientIdentity.checkRead} do
 */
export async function findReadable(
  { services: { store }, identity }: Pick<SessionContext, "services" | "identity">,
  path: string,
): Promise<StoredFile> {
  identity.checkRead(path);
  const file = await store.find(path);
  identity.checkRead(store.truePath(file.realPath));
  return file;
}
