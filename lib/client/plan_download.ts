import { dirname, join } from "../files/path.ts";
import { runAtOnce } from "../async/run_at_once.ts";
import { checkSpace } from "../files/check_space.ts";
import { checkFolderPlace } from "../files/folders.ts";
import type { FileState } from "../files/look_at.ts";
import type { Omissions } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { pathKey } from "../protocol/path.ts";
import { unwantedContentError } from "../transfer/download_options.ts";
import { allExcluded } from "./batch.ts";
import { checkText } from "./check_arguments.ts";
import { type Client, transfersOf } from "./client.ts";
import { type ClientProvider, providerOf } from "./client_provider.ts";
import { findAllRemote } from "./find_all_remote.ts";
import type { RemoteItem } from "./remote_paths.ts";
import { PlanBuilder, type TransferPlan } from "./transfer_plan.ts";

/** Files that the server is asked about at once. */
const QUERIES_AHEAD = 64;

/** Options of {@link planDownload}: those of `downloadAll` that decide what is moved. */
export interface PlanDownloadOptions {
  /** Folder for the files. Default: the current one. */
  readonly directory?: string;
  /** Replace other files of the same names. Default: use `NAME (1)` and so on. */
  readonly replace?: boolean;
  /** Patterns of what is left out: see `DownloadAllOptions`. Default: none. */
  readonly exclude?: readonly string[];
  /** Compare by SHA-256, even if size and time are the same. Default `false`. */
  readonly checksum?: boolean;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** The same with what the caller settles. */
export interface PlanDownloadRunOptions extends PlanDownloadOptions {
  readonly clients: ClientProvider;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Looks at what a path stands for; what it throws is the failure of the path. */
  readonly check?: (found: readonly RemoteItem[]) => void;
}

/**
 * What `downloadAll` would do with the same arguments. Nothing is changed at either end.
 *
 * Files of the same size and time count as the same, others of the same size are compared by SHA-256.
 *
 * @param client the caller's, which ends it
 * @throws {TypeError} for a wrong argument; the reason of the signal
 * @throws {ConnectionError} when the connection is lost
 *
 * @example See what a download would replace
 * ```ts
 * import { connect, planDownload, serve } from "@tcp-chat/tcp-chat";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.txt`, "new");
 * await using server = await serve({ port: 0, root: folder });
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const directory = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${directory}/a.txt`, "old one");
 * const { items } = await planDownload(client, ["a.txt"], { directory, replace: true });
 * console.log(items.map(({ action, path }) => `${action} ${path}`)); // [ "replace a.txt" ]
 * ```
 */
export async function planDownload(
  client: Client | ClientProvider,
  paths: readonly string[],
  options: PlanDownloadOptions = {},
): Promise<TransferPlan> {
  for (const path of paths) checkText("plan", "a path", path);
  const { directory = ".", signal = new AbortController().signal } = options;
  checkText("plan", "directory", directory);
  return await planDownloads(paths, {
    ...options,
    clients: providerOf(client),
    directory,
    signal,
  });
}

/** As {@link planDownload}, for arguments that are checked. */
export async function planDownloads(
  paths: readonly string[],
  options: PlanDownloadRunOptions,
): Promise<TransferPlan> {
  const plan = newPlan(options);
  let isAllExcluded = paths.length > 0;
  const items = await findAllRemote(paths, {
    ...options,
    onOmitted: (omitted: Omissions) => plan.omit(omitted),
    onExcluded: ({ path, type, size }) =>
      plan.add({ action: "skip", path, type, sizeBytes: size, reason: "excluded" }),
    onFailure: (path, error) => {
      isAllExcluded = false;
      plan.fail(path, error);
    },
  });
  if (items.length === 0 && isAllExcluded) plan.fail(paths[0] ?? "", allExcluded());
  return await planItems(items, plan, options);
}

/** As {@link planDownload}, for files that are found already. */
export async function planFound(
  items: readonly RemoteItem[],
  options: PlanDownloadRunOptions,
): Promise<TransferPlan> {
  return await planItems(items, newPlan(options), options);
}

function newPlan({ clients, replace = false, checksum = false, signal }: PlanDownloadRunOptions) {
  return new PlanBuilder({ clients, replace, checksum, signal, numbered: !replace });
}

async function planItems(
  items: readonly RemoteItem[],
  plan: PlanBuilder,
  { clients, directory, signal }: PlanDownloadRunOptions,
): Promise<TransferPlan> {
  const made = new Set<string>();
  const checkFolder = folderChecker();
  const places = items.map(({ localPath }) => join(directory, localPath));
  const look = (client: Client) => transfersOf(client).lookAt(places, signal);
  const looks = items.length === 0 ? [] : await clients.run(look, () => 0);
  const statuses = await statusesOf(items, clients, signal);
  for (const [i, item] of items.entries()) {
    signal.throwIfAborted();
    const { path, type } = item;
    const file = places[i] ?? "";
    try {
      await checkFolder(type === "folder" ? file : dirname(file));
      const present = orThrow(looks[i] ?? null);
      if (type === "folder") {
        if (present === null) plan.add({ action: "new", path, file, type });
        continue;
      }
      const wanted = orThrow(statuses[i] ?? null);
      if (wanted === null) continue;
      const isMade = made.has(pathKey(file));
      made.add(pathKey(file));
      plan.compare({ path, file, wanted, present, isMade });
    } catch (error) {
      signal.throwIfAborted();
      plan.fail(path, error);
    }
  }
  const files = items.filter(({ type }) => type === "file");
  await checkSpace(directory, files).catch((error) => plan.fail(files[0]?.path ?? "", error));
  return await plan.end();
}

/** Checks each folder once, whatever files it is for. */
function folderChecker(): (folder: string) => Promise<void> {
  const folders = new Map<string, Promise<void>>();
  return (folder) => {
    const checked = folders.get(folder) ?? checkFolderPlace(folder);
    folders.set(folder, checked);
    return checked;
  };
}

/** The files as they are on the server, or why that cannot be told; `null` for folders. Some are asked for at once. */
async function statusesOf(
  items: readonly RemoteItem[],
  clients: ClientProvider,
  signal: AbortSignal,
): Promise<(FileState | { readonly error: unknown } | null)[]> {
  const statuses: (FileState | { readonly error: unknown } | null)[] = items.map(() => null);
  await runAtOnce(QUERIES_AHEAD, [...items.entries()], async ([i, item]) => {
    if (item.type === "folder") return;
    if (item.sizeBytes !== null) {
      statuses[i] = { sizeBytes: item.sizeBytes, modifiedMs: item.modifiedMs };
      return;
    }
    const ask = (client: Client) => statusOf(client, item, signal);
    statuses[i] = await clients.run(ask, () => 0).catch((error) => ({ error }));
  });
  return statuses;
}

/** @throws the error that is wrapped */
function orThrow<T>(found: T): Exclude<T, { readonly error: unknown }> {
  if (typeof found === "object" && found !== null && "error" in found) throw found.error;
  return found as Exclude<T, { readonly error: unknown }>;
}

/** The file as it is on the server. @throws {RequestError} for a file that is not there or not wanted */
async function statusOf(
  client: Client,
  { path, sha256 }: RemoteItem,
  signal: AbortSignal,
): Promise<FileState> {
  const status = await client.stat(path, { signal });
  if (status.type !== "file") throw new RequestError("not-a-file");
  const isWanted = sha256 === undefined || sha256 === status.sha256;
  if (!isWanted) throw unwantedContentError(status.sha256 ?? "", sha256);
  return { sizeBytes: status.size, modifiedMs: status.mtime };
}
