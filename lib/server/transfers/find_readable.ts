import type { FoundPath, StoredFile } from "../../files/directory_store.ts";
import { type AccessContext, accessPath, resolveFor } from "../context/path_access.ts";

/**
 * Finds a file that a client may read.
 *
 * @param path as returned by `checkPath`
 * @param known what was found there just now, if it was looked up
 * @throws {RequestError} as {@link accessPath} and {@link DirectoryStore.find} do
 */
export async function findReadable(
  context: AccessContext,
  request: "FGET" | "FILE" | "GET",
  path: string,
  known?: FoundPath,
): Promise<StoredFile> {
  const { store } = context.services;
  const resolve = resolveFor(context);
  const use = { request, path };
  // That a folder is no file is not told of one that is closed
  const found = await accessPath(
    context,
    use,
    async () => known ?? await store.lookUp(path, resolve),
  );
  return await store.find(path, { found, resolve });
}
