import { dirname, join } from "../files/path.ts";
import type { BatchTargets } from "../files/inspect_targets.ts";
import { LIMITS } from "../protocol/limits.ts";
import { isAnyHere } from "./is_any_here.ts";
import { ListingAge } from "./listing_age.ts";
import { TargetsAhead, targetsOf } from "./targets_ahead.ts";
import { checkSpace } from "../files/check_space.ts";
import { FileSet } from "../files/file_set.ts";
import { makeFolder, setFolderTime } from "../files/folders.ts";
import { foldersAbove, lastComponent, pathKey } from "../protocol/path.ts";
import {
  Batch,
  type BatchOptions,
  type BatchWork,
  type ProgressListener,
  type TransferAllResult,
  type TransferListener,
  type TransferredFile,
} from "./batch.ts";
import { runBatch } from "./run_batch.ts";
import { checkText } from "./check_arguments.ts";
import { type Client, transfersOf } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";
import { filesIn, findAllRemote } from "./find_all_remote.ts";
import { downloadOnce } from "./made_paths.ts";
import type { Together } from "./together.ts";
import type { RemoteItem } from "./remote_paths.ts";

/** Options of {@link downloadAll}. */
export interface DownloadAllOptions extends TransferListener {
  /** Folder for the files, created if missing. Default: the current one. */
  readonly directory?: string;
  /** Replace other files of the same names. Default: use `NAME (1)` and so on. */
  readonly replace?: boolean;
  /** Resume what an earlier download left. Default `true`. */
  readonly resume?: boolean;
  /** Let the server compress data that becomes smaller. */
  readonly zstd?: boolean;
  /**
   * Patterns of what is left out, as in a `.gitignore` file, seen from each folder that is named; of a
   * pattern, from the folder before its first wildcard. Letter case counts. What is named itself is left
   * out, too, where one matches its name. Default: none.
   */
  readonly exclude?: readonly string[];
  /** Let those execute a file that may read it, if its owner on the server may. Default: `true`. */
  readonly exec?: boolean;
  /** Gives all up; the parts are left behind. */
  readonly signal?: AbortSignal;
}

/** The same with what the caller settles. */
export interface DownloadRunOptions extends BatchOptions {
  readonly directory: string;
  readonly replace?: boolean;
  readonly resume?: boolean;
  readonly zstd?: boolean;
  readonly exclude?: readonly string[];
  readonly exec?: boolean;
  /** Accept only this content, in hex. */
  readonly sha256?: string;
  /** Looks at what a path stands for; what it throws is the failure of the path. */
  readonly check?: (found: readonly RemoteItem[]) => void;
}

/**
 * Downloads files, folders with all that is in them, and patterns: `*` and `?` within a name, `**` for
 * any number of folders. All data connections of the client share the work, the largest files first.
 *
 * A failure stops none of the others: it is in the result, as is what the server leaves out. A client
 * that comes back, as that of a `ReconnectingChat`, goes on after a loss.
 *
 * @param client the caller's, which ends it
 * @throws {TypeError} for a wrong argument; the reason of the signal
 *
 * @example Fetch a folder, and see that nothing is missing
 * ```ts
 * import { connect, downloadAll, serve } from "@tcp-chat/tcp-chat";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.mkdir(`${folder}/docs`);
 * await Deno.writeTextFile(`${folder}/docs/a.txt`, "a");
 * await using server = await serve({ port: 0, root: folder });
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const { files, failures, omitted } = await downloadAll(client, ["docs", "*.pdf"], {
 *   directory: await Deno.makeTempDir(),
 *   onProgress: (path, bytes, totalBytes) => console.log(path, bytes / totalBytes),
 * });
 * console.log(files.length, failures.map(({ path }) => path), omitted.count); // 1 [ "*.pdf" ] 0
 * ```
 */
export async function downloadAll(
  client: Client | ClientProvider,
  paths: readonly string[],
  options: DownloadAllOptions = {},
): Promise<TransferAllResult> {
  for (const path of paths) checkText("download", "a path", path);
  const { directory = "." } = options;
  checkText("download", "directory", directory);
  return await runBatch(client, options, (batch) => {
    return downloadEach(paths, { ...options, ...batch, directory });
  });
}

/** As {@link downloadAll}, but what the signal stops is among the failures. */
export async function downloadEach(
  paths: readonly string[],
  options: DownloadRunOptions,
): Promise<TransferAllResult> {
  return await new DownloadRun(options).run(paths);
}

/** As {@link downloadEach}, for files that need not be looked for. */
export async function downloadItems(
  items: readonly RemoteItem[],
  options: DownloadRunOptions,
): Promise<TransferAllResult> {
  return await new DownloadRun(options).runItems(items);
}

class DownloadRun {
  readonly #options: DownloadRunOptions;
  readonly #batch: Batch;
  /** What this run has made: it replaces none of it. */
  readonly #made = new FileSet();
  #ahead: TargetsAhead | null = null;
  readonly #age = new ListingAge();

  constructor(options: DownloadRunOptions) {
    this.#options = options;
    this.#batch = new Batch(options);
  }

  async run(paths: readonly string[]): Promise<TransferAllResult> {
    return await this.runItems(await this.#find(paths));
  }

  async runItems(items: readonly RemoteItem[]): Promise<TransferAllResult> {
    const { made, errors } = await this.#makeFolders(items);
    const files: RemoteItem[] = [];
    for (const file of filesIn(items)) {
      const error = errorAbove(file.localPath, errors);
      if (error === undefined) files.push(file);
      else this.#batch.fail(-1, file.path, error);
    }
    const wanted = await this.#withRoom(files);
    await this.#batch.run(wanted, this.#work());
    // The deepest first: adding a file changes the time of its folder, setting a time does not
    for (const { path, localPath, modifiedMs } of made.reverse()) {
      if (modifiedMs === null) continue;
      await setFolderTime(this.#place(localPath), modifiedMs)
        .catch((error) => this.#batch.fail(-1, path, error));
    }
    return this.#batch.result;
  }

  /** The files, if there is room for them; else none, and each has failed. */
  async #withRoom(files: readonly RemoteItem[]): Promise<readonly RemoteItem[]> {
    try {
      await checkSpace(this.#options.directory, files);
      return files;
    } catch (error) {
      for (const [rank, { path }] of files.entries()) this.#batch.fail(rank, path, error);
      return [];
    }
  }

  /** Makes the folders. What stops one stops all that is below it: `errors` has it by local path. */
  async #makeFolders(
    items: readonly RemoteItem[],
  ): Promise<{ readonly made: RemoteItem[]; readonly errors: ReadonlyMap<string, unknown> }> {
    const made: RemoteItem[] = [];
    const errors = new Map<string, unknown>();
    for (const folder of items) {
      const { type, path, localPath } = folder;
      if (type !== "folder") continue;
      try {
        const above = errorAbove(localPath, errors);
        if (above !== undefined) throw above;
        await makeFolder(this.#place(localPath));
        made.push(folder);
      } catch (error) {
        errors.set(localPath, error);
        this.#batch.fail(-1, path, error);
      }
    }
    return { made, errors };
  }

  /** The files and folders that were asked for, in the order of asking, each once. */
  async #find(paths: readonly string[]): Promise<readonly RemoteItem[]> {
    const isHere = await isAnyHere(this.#options.directory, paths);
    // What is replaced is looked at when its turn comes: this run may have made it
    const ahead = isHere && this.#options.replace !== true ? this.#lookAhead() : null;
    const items = await findAllRemote(paths, {
      ...this.#options,
      hashes: isHere,
      ...(ahead && { onItem: (item) => this.#addTo(ahead, item) }),
      onOmitted: (omitted) => this.#batch.omit(omitted),
      onFailure: (path, error, files) => this.#batch.fail(files - 0.5, path, error),
    });
    ahead?.end();
    if (items.length === 0) this.#batch.failExcluded(paths);
    return items;
  }

  /** Looks at the places of small files while the server is listed. */
  #lookAhead(): TargetsAhead {
    const { directory: base, clients, signal } = this.#options;
    const inspect = (targets: BatchTargets) =>
      clients.run((client) => transfersOf(client).inspectTargets(targets, signal), () => 0);
    return this.#ahead = new TargetsAhead({ base, replace: false }, inspect);
  }

  #addTo(ahead: TargetsAhead, item: RemoteItem): void {
    const { type, localPath, sizeBytes } = item;
    const isSmall = type === "file" && sizeBytes !== null && sizeBytes <= LIMITS.batchFileBytes;
    if (isSmall && this.#takes(item)) ahead.add({ file: this.#place(localPath), sizeBytes });
  }

  #work(): BatchWork<RemoteItem> {
    return {
      pathOf: ({ path }) => path,
      sizeOf: ({ sizeBytes }) => sizeBytes ?? 0,
      placeOf: ({ localPath }) => pathKey(localPath),
      move: (client, item, onProgress) => this.#move(client, item, onProgress),
      together: this.#together(),
    };
  }

  async #move(
    client: Client,
    item: RemoteItem,
    onProgress: ProgressListener,
  ): Promise<Omit<TransferredFile, "path">> {
    const { path, localPath, sizeBytes, sha256 = this.#options.sha256 } = item;
    const { replace = false, resume = true, zstd = false, exec = true, signal } = this.#options;
    return await downloadOnce(client, path, this.#made, {
      directory: dirname(this.#place(localPath)),
      name: lastComponent(localPath),
      replace,
      resume,
      zstd,
      exec,
      signal,
      onProgress,
      ...(sizeBytes !== null && { sizeBytes }),
      ...(sha256 !== undefined && { sha256 }),
    });
  }

  /** Whether a file may be moved together with others: the server has told its size, and any content is right. */
  #takes({ sizeBytes, sha256 = this.#options.sha256 }: RemoteItem): boolean {
    return sizeBytes !== null && sha256 === undefined && this.#options.zstd !== true;
  }

  /** Data are compressed file by file. */
  #together(): Together<RemoteItem> {
    const { directory: base, replace = false, exec = true, signal } = this.#options;
    const made = this.#made;
    return {
      takes: (item) => this.#takes(item),
      move: async (client, items, onBytes) => {
        const { isRecent } = this.#age;
        const files = items.map((
          { path, localPath, sizeBytes, exec: isExecutable, listedSha256 },
        ) => ({
          path,
          sizeBytes: sizeBytes ?? 0,
          file: this.#place(localPath),
          exec: exec && isExecutable === true,
          ...(isRecent && listedSha256 !== undefined && { sha256: listedSha256 }),
        }));
        // Before a connection is taken, which the looks need, too
        const targets = targetsOf(files, { base, replace });
        const found = isRecent ? await this.#ahead?.take(targets) : null;
        const options = { base, replace, made, ...(found && { found }), signal, onBytes };
        return await transfersOf(client).downloadTogether(files, options);
      },
    };
  }

  #place(localPath: string): string {
    return join(this.#options.directory, localPath);
  }
}

/** The failure of a folder above a path. */
function errorAbove(path: string, errors: ReadonlyMap<string, unknown>): unknown {
  if (errors.size === 0) return undefined;
  for (const folder of foldersAbove(path)) {
    const error = errors.get(folder);
    if (error !== undefined) return error;
  }
  return undefined;
}
