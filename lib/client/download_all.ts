import { abortable } from "@std/async/abortable";
import { dirname, join } from "@std/path";
import { FileSet } from "../files/file_set.ts";
import { makeFolder, setFolderTime } from "../files/folders.ts";
import type { Omissions } from "../protocol/answers.ts";
import { lastComponent, pathKey } from "../protocol/path.ts";
import {
  Batch,
  type BatchOptions,
  runBatch,
  type TransferAllResult,
  type TransferListener,
  type TransferTask,
} from "./batch.ts";
import { checkText } from "./check_arguments.ts";
import type { Client } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";
import { downloadOnce } from "./made_paths.ts";
import { findRemote, type RemoteItem } from "./remote_paths.ts";

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
  /** Gives all up; the parts are left behind. */
  readonly signal?: AbortSignal;
}

/** The same with what the caller settles. */
export interface DownloadRunOptions extends BatchOptions {
  readonly directory: string;
  readonly replace?: boolean;
  readonly resume?: boolean;
  readonly zstd?: boolean;
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

class DownloadRun {
  readonly #options: DownloadRunOptions;
  readonly #batch: Batch;
  /** What this run has made: it replaces none of it. */
  readonly #made = new FileSet();

  constructor(options: DownloadRunOptions) {
    this.#options = options;
    this.#batch = new Batch(options);
  }

  async run(paths: readonly string[]): Promise<TransferAllResult> {
    const items = await this.#find(paths);
    const { made, errors } = await this.#makeFolders(items);
    const files: RemoteItem[] = [];
    for (const file of filesIn(items)) {
      const error = errorAbove(file.localPath, errors);
      if (error === undefined) files.push(file);
      else this.#batch.fail(-1, file.path, error);
    }
    await this.#batch.run(files.map((file) => this.#task(file)));
    // The deepest first: adding a file changes the time of its folder, setting a time does not
    for (const { path, localPath, modifiedMs } of made.reverse()) {
      if (modifiedMs === null) continue;
      await setFolderTime(this.#place(localPath), modifiedMs)
        .catch((error) => this.#batch.fail(-1, path, error));
    }
    return this.#batch.result;
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
  async #find(paths: readonly string[]): Promise<RemoteItem[]> {
    const items = new Map<string, RemoteItem>();
    const { clients, signal, check = () => {} } = this.#options;
    const onOmitted = (omitted: Omissions) => this.#batch.omit(omitted);
    for (const path of paths) {
      try {
        const finding = clients.run((client) => findRemote(client, path, onOmitted), () => 0);
        const found = await abortable(finding, signal);
        check(found);
        for (const item of found) items.set(`${item.path}\0${item.localPath}`, item);
      } catch (error) {
        signal.throwIfAborted();
        this.#batch.fail(filesIn(items.values()).length - 0.5, path, error);
      }
    }
    return [...items.values()];
  }

  #task({ path, localPath, sizeBytes }: RemoteItem): TransferTask {
    const { replace = false, resume = true, zstd = false, sha256, signal } = this.#options;
    const file = this.#place(localPath);
    return {
      path,
      sizeBytes: sizeBytes ?? 0,
      place: pathKey(file),
      run: (client, onProgress) =>
        downloadOnce(client, path, this.#made, {
          directory: dirname(file),
          name: lastComponent(localPath),
          replace,
          resume,
          zstd,
          signal,
          onProgress,
          ...(sizeBytes !== null && { sizeBytes }),
          ...(sha256 !== undefined && { sha256 }),
        }),
    };
  }

  #place(localPath: string): string {
    return join(this.#options.directory, localPath);
  }
}

/** The failure of a folder above a path. */
function errorAbove(path: string, errors: ReadonlyMap<string, unknown>): unknown {
  if (errors.size === 0) return undefined;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const error = errors.get(path.slice(0, end));
    if (error !== undefined) return error;
  }
  return undefined;
}

function filesIn(items: Iterable<RemoteItem>): RemoteItem[] {
  return [...items].filter(({ type }) => type === "file");
}
