import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { Listing } from "../../lib/files/listing.ts";
import type { ListedEntry } from "../../lib/protocol/answers.ts";

/** A listing to make. */
export interface ListRequest {
  readonly folder?: string;
  readonly recursive?: boolean;
  readonly after?: string | null;
}

/** The entries of a listing. */
export async function list(root: string, request: ListRequest = {}): Promise<ListedEntry[]> {
  const { folder = "", recursive = false, after = null } = request;
  const store = await DirectoryStore.open(root);
  return await Array.fromAsync(new Listing(store, folder, { recursive, after }));
}

/** The paths of a listing, folders with a trailing slash. */
export async function paths(root: string, request: ListRequest = {}): Promise<string[]> {
  const entries = await list(root, request);
  return entries.map(({ path, type }) => type === "folder" ? `${path}/` : path);
}
