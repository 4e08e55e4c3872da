import type { FoundItem, SelectOptions } from "../files/local_tree.ts";
import { OwnFiles } from "../files/own_files.ts";
import { transfersOf } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";

/** Options of {@link walkPaths}. */
export interface WalkPathsOptions extends SelectOptions {
  /** The client lends the thread of a data connection. */
  readonly clients: ClientProvider;
  /** Where the paths go on the server: a checked path, or `""` for the root. */
  readonly to: string;
  /** The programs' own files and folders, which are left out. Default: none. */
  readonly ownPaths?: readonly string[];
  readonly signal: AbortSignal;
  /** Called with what each path itself is, while what is below is looked for. */
  readonly onTop?: (item: FoundItem) => void;
}

/**
 * Finds what paths of this machine stand for, in the thread of a data connection.
 *
 * @returns for each path what `walkLocal` finds
 * @throws {RequestError} `unsupported` by protocol 1; the reason of the signal
 * @throws {ConnectionError} when the connection is lost
 */
export async function walkPaths(
  paths: readonly string[],
  { clients, to, ownPaths = [], signal, onTop, ...select }: WalkPathsOptions,
): Promise<FoundItem[][]> {
  const own = await OwnFiles.find(ownPaths);
  const request = { paths, remoteFolder: to, options: { ...select, own } };
  const watch = { signal, ...(onTop !== undefined && { onTop }) };
  return await clients.run((client) => transfersOf(client).walk(request, watch), () => 0);
}
