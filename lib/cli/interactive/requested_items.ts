import type { Client } from "../../client/client.ts";
import { findRemote, type OmissionListener, type RemoteItem } from "../../client/remote_paths.ts";
import { exists } from "../../files/exists.ts";
import { toLocalPath } from "../../files/local_name.ts";
import { RequestError } from "../../protocol/errors.ts";
import { checkPath, lastComponent } from "../../protocol/path.ts";
import { expandHome, type TransferRequest } from "./transfer_request.ts";

/** The files and folders of a request: of its text as one name, else of each of its names. */
export async function findItems(
  client: Client,
  { whole, names }: TransferRequest,
  onOmitted: OmissionListener,
): Promise<RemoteItem[]> {
  if (client.protocol === 1) return [itemByName(whole)];
  try {
    return await findRemote(client, whole, onOmitted);
  } catch (error) {
    const isMissing = error instanceof RequestError && error.code === "not-found";
    if (!isMissing || names.length === 1) throw error;
    const items: RemoteItem[] = [];
    for (const name of names) items.push(...await findRemote(client, name, onOmitted));
    return items;
  }
}

/** The paths of a request on this machine: its text as one name if that exists, else its names. */
export function localPathsOf({ whole, names }: TransferRequest): string[] {
  const path = expandHome(whole);
  return names.length === 1 || exists(path) ? [path] : names.map(expandHome);
}

/** Protocol 1 has no lists: the path is taken for a file. */
export function itemByName(text: string): RemoteItem {
  const path = checkPath(text.trim());
  const localPath = toLocalPath(lastComponent(path));
  return { path, localPath, type: "file", sizeBytes: null, modifiedMs: null };
}
