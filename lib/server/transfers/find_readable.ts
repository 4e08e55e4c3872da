import type { FoundPath, StoredFile } from "../../files/directory_store.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import { type AccessContext, accessPath, lookUpPath, resolveFor } from "../context/path_access.ts";

/**
 * Finds the content of a file of the catalogue, here or elsewhere.
 *
 * @throws {RequestError} `not-found`, `not-a-file`
 */
async function findCatalogued(catalogue: Catalogue, path: string): Promise<StoredFile> {
  const row = catalogue.rows.find(path);
  if (row === null) throw new RequestError("not-found");
  if (row.type === "folder") throw new RequestError("not-a-file");
  const { held } = catalogue;
  const own = await held.find(path, row);
  if (own?.realPath === held.placeOf(path)) return own;
  await catalogue.settled(); // It may be on its way from another path
  return await held.find(path, row) ?? held.elsewhere(path, row);
}

/**
 * Finds a file that a client may read; for FPUT, one that it may write.
 *
 * @param path as returned by `checkPath`
 * @param known what was found there just now, if it was looked up
 * @throws {RequestError} as {@link accessPath} and {@link DirectoryStore.find} do
 */
export async function findReadable(
  context: AccessContext,
  request: "FGET" | "FILE" | "GET" | "FPUT",
  path: string,
  known?: FoundPath,
): Promise<StoredFile> {
  const { store, catalogue } = context.services;
  const use = { request, path };
  // That a folder is no file is not told of one that is closed
  const found = await accessPath(
    context,
    use,
    async () => known ?? await lookUpPath(context, path),
  );
  if (catalogue !== null) return await findCatalogued(catalogue, path);
  return await store.find(path, { found, resolve: resolveFor(context) });
}
