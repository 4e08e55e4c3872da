import type { Client } from "../../client/client.ts";
import { listedItems } from "../../client/download_listed.ts";
import { findRemote, type RemoteItem } from "../../client/remote_paths.ts";
import type { OmissionListener } from "../../client/remote_search.ts";
import { readPatterns } from "../../files/exclude_rules.ts";
import { exists } from "../../files/exists.ts";
import { toLocalPath } from "../../files/local_name.ts";
import { readSumFile } from "../../files/sum_list.ts";
import { RequestError } from "../../protocol/errors.ts";
import { checkPath, lastComponent } from "../../protocol/path.ts";
import { folderPath } from "../options/folder_path.ts";
import { expandHome, type TransferRequest } from "./transfer_request.ts";

/**
 * The files and folders of a request: of its list of sums, if it has one; of its text as one name, else of each of
 * its names.
 *
 * @throws {DiskError} | {SumListError} for a list that cannot be used
 */
export async function findItems(
  client: Client,
  request: TransferRequest,
  onOmitted: OmissionListener,
): Promise<RemoteItem[]> {
  const { whole, names, fromSums } = request;
  if (client.protocol === 1 && fromSums === null) return [itemByName(whole)];
  const exclude = await patternsOf(request);
  if (fromSums !== null) {
    if (client.protocol === 1) {
      throw new RequestError("unsupported", undefined, { reason: "protocol-1" });
    }
    return listedItems(await readSumFile(expandHome(fromSums)), folderPath(whole), exclude);
  }
  const options = { exclude, onOmitted };
  try {
    return await findRemote(client, whole, options);
  } catch (error) {
    const isMissing = error instanceof RequestError && error.code === "not-found";
    if (!isMissing || names.length === 1) throw error;
    const items: RemoteItem[] = [];
    for (const name of names) {
      for (const item of await findRemote(client, name, options)) items.push(item);
    }
    return items;
  }
}

/** The patterns of the file, then those of the line, which overrule them. @throws {DiskError} */
export async function patternsOf(
  { exclude, excludeFrom }: TransferRequest,
): Promise<readonly string[]> {
  if (excludeFrom === null) return exclude;
  return [...await readPatterns(expandHome(excludeFrom)), ...exclude];
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
