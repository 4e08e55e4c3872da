import { ExcludeRules } from "../files/exclude_rules.ts";
import { toLocalPath } from "../files/local_name.ts";
import { checkFolderPath, checkPath, pathIn } from "../protocol/path.ts";
import { allExcluded, type TransferAllResult } from "./batch.ts";
import { runBatch } from "./run_batch.ts";
import { checkText } from "./check_arguments.ts";
import type { Client } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";
import { type DownloadAllOptions, downloadItems } from "./download_all.ts";
import type { RemoteItem } from "./remote_paths.ts";

/** Options of {@link downloadListed}. */
export interface DownloadListedOptions extends DownloadAllOptions {
  /** Folder on the server in which the paths begin. Default: the root. */
  readonly from?: string;
}

/**
 * Downloads the files of a list, and accepts only the contents that the list names: a list that came by a
 * trusted way makes sure of files that come by another one. A file is put under its path of the list.
 *
 * @param client the caller's, which ends it
 * @param sums the SHA-256 of each path, in hex, as {@link parseSums} reads it
 * @returns as {@link downloadAll}; another content is among the failures, as `integrity`
 * @throws {TypeError} for a wrong argument; the reason of the signal
 * @throws {RequestError} `bad-path` for a path that leads elsewhere
 *
 * @example Fetch what a list names
 * ```ts
 * import { connect, downloadListed, parseSums, serve } from "@tcp-chat/tcp-chat";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.txt`, "a");
 * await using server = await serve({ port: 0, root: folder });
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const sums = parseSums(
 *   "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.txt\n",
 * );
 * const directory = await Deno.makeTempDir();
 * const { files, failures } = await downloadListed(client, sums, { directory });
 * console.log(files.length, failures.length); // 1 0
 * ```
 */
export async function downloadListed(
  client: Client | ClientProvider,
  sums: ReadonlyMap<string, string>,
  options: DownloadListedOptions = {},
): Promise<TransferAllResult> {
  const { directory = ".", from = "" } = options;
  checkText("download", "directory", directory);
  const items = listedItems(sums, checkFolderPath(from), options.exclude);
  return await runBatch(client, options, (batch) => {
    return downloadItems(items, { ...options, ...batch, directory });
  });
}

/**
 * The files of a list.
 *
 * @param from a checked path; `""` for the root
 * @param exclude patterns of what is left out, seen from there
 * @throws {RequestError} `bad-path`; `not-found` when all is left out
 */
export function listedItems(
  sums: ReadonlyMap<string, string>,
  from: string,
  exclude: readonly string[] = [],
): RemoteItem[] {
  const rules = ExcludeRules.of(exclude);
  const items = [...sums].map(([listed, sha256]) => ({
    path: checkPath(pathIn(from, listed)),
    localPath: toLocalPath(checkPath(listed)),
    type: "file" as const,
    sizeBytes: null,
    modifiedMs: null,
    sha256: sha256.toLowerCase(),
  }));
  const start = from === "" ? 0 : from.length + 1;
  const wanted = items.filter(({ path }) => !rules.excludes(path.slice(start), false));
  if (wanted.length === 0 && items.length > 0) throw allExcluded();
  return wanted;
}
