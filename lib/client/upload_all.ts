import { Semaphore } from "../async/semaphore.ts";
import { type LocalItem, walkLocal } from "../files/local_tree.ts";
import { OwnFiles } from "../files/own_files.ts";
import type { OwnPlaces } from "../files/served_folder.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, pathKey } from "../protocol/path.ts";
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
import { MadePaths, uploadOnce } from "./made_paths.ts";

/** Folders that are made at once: each takes a round trip. */
const FOLDERS_AHEAD = 32;
/** Failures to list a folder that do not keep files from being sent to it. */
const NO_VIEW: ReadonlySet<string> = new Set(["denied", "not-a-file", "unsupported"]);

/** Options of {@link uploadAll}. */
export interface UploadAllOptions extends TransferListener {
  /** Folder on the server, made if missing. Default: the root. */
  readonly to?: string;
  /** Replace other files of the same paths. Default: they fail with `exists`. */
  readonly replace?: boolean;
  /** Resume what an earlier upload left. Default `true`. */
  readonly resume?: boolean;
  /** Compress data that becomes smaller, if the server supports it. */
  readonly zstd?: boolean;
  /** A room to announce the files in. */
  readonly room?: string;
  /** Files and folders of the caller's own, which are left out. Default: none. */
  readonly ownPaths?: readonly string[];
  /** Gives all up; the server keeps the received parts for a day. */
  readonly signal?: AbortSignal;
}

/** The same with what the caller settles. */
export interface UploadRunOptions extends BatchOptions {
  /** A checked path, or `""` for the root. */
  readonly to: string;
  readonly replace?: boolean;
  readonly resume?: boolean;
  readonly zstd?: boolean;
  readonly room?: string;
  readonly ownPaths: readonly string[];
}

/**
 * Uploads files, and folders with all that is in them. All data connections of the client share the
 * work, the largest files first. Paths are no patterns.
 *
 * A failure stops none of the others: it is in the result, as is what is left out, such as links that
 * lead elsewhere. A client that comes back, as that of a `ReconnectingChat`, goes on after a loss.
 *
 * @param client the caller's, which ends it
 * @throws {TypeError} for a wrong argument; the reason of the signal
 * @throws {RequestError} `bad-path` for `to`, `unsupported` by protocol 1
 * @throws {ConnectionError} when the connection is lost before the first file
 *
 * @example Send a folder, and see that nothing is missing
 * ```ts
 * import { connect, serve, uploadAll } from "@tcp-chat/tcp-chat";
 *
 * await using server = await serve({ port: 0, root: await Deno.makeTempDir(), uploads: true });
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.txt`, "a");
 * const { files, failures, omitted } = await uploadAll(client, [folder], { to: "inbox" });
 * console.log(files.length, failures.length, omitted.count); // 1 0 0
 * ```
 */
export async function uploadAll(
  client: Client | ClientProvider,
  paths: readonly string[],
  options: UploadAllOptions = {},
): Promise<TransferAllResult> {
  for (const path of paths) checkText("upload", "a path", path);
  const { ownPaths = [] } = options;
  const to = options.to === undefined || options.to === "" ? "" : checkPath(options.to);
  return await runBatch(client, options, (batch) => {
    return uploadEach(paths, { ...options, ...batch, to, ownPaths });
  });
}

/** As {@link uploadAll}, but what the signal stops is among the failures. */
export async function uploadEach(
  paths: readonly string[],
  options: UploadRunOptions,
): Promise<TransferAllResult> {
  return await new UploadRun(options).run(paths);
}

class UploadRun {
  readonly #options: UploadRunOptions;
  readonly #batch: Batch;
  /** The remote files of each folder that is sent; `null` where they cannot be listed. */
  readonly #there = new Map<string, ReadonlySet<string> | null>();
  readonly #made = new MadePaths();
  /** Files found so far. */
  #found = 0;

  constructor(options: UploadRunOptions) {
    this.#options = options;
    this.#batch = new Batch(options);
  }

  async run(paths: readonly string[]): Promise<TransferAllResult> {
    const tasks: TransferTask[] = [];
    const own = await OwnFiles.find(this.#options.ownPaths);
    for (const path of paths) tasks.push(...await this.#prepare(path, own));
    await this.#batch.run(tasks);
    return this.#batch.result;
  }

  /** Makes the folders of one path, and finds its files. */
  async #prepare(path: string, own: OwnPlaces): Promise<TransferTask[]> {
    const items = await Array.fromAsync(walkLocal(path, this.#options.to, own));
    const [top] = items;
    if (top?.type === "folder") this.#there.set(top.remotePath, await this.#look(top.remotePath));
    const making = new Semaphore(FOLDERS_AHEAD);
    const made: Promise<void>[] = [];
    for (const item of items) {
      const rank = this.#found - 0.5;
      if (item.type === "file") this.#found++;
      if (item.type === "folder") made.push(making.run(() => this.#makeFolder(item, rank)));
      if (item.type === "unsendable") this.#batch.fail(rank, item.path, item.error);
      if (item.type === "omitted") this.#batch.omit({ count: 1, paths: [item] });
    }
    await Promise.all(made);
    const files = items.filter((item): item is LocalItem => item.type === "file");
    return files.map((item) => this.#task(item, top?.remotePath ?? ""));
  }

  /** @param rank its place among the files */
  async #makeFolder({ path, remotePath }: LocalItem, rank: number): Promise<void> {
    try {
      await this.#options.clients.run((client) => client.makeFolder(remotePath), () => 0);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      this.#batch.fail(rank, path, error);
    }
  }

  async #look(folder: string): Promise<ReadonlySet<string> | null> {
    try {
      const paths = await this.#options.clients.run((client) => listFiles(client, folder), () => 0);
      return new Set(paths);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "not-found") return new Set();
      if (NO_VIEW.has(error.code)) return null;
      throw error;
    }
  }

  #task({ path, remotePath, sizeBytes }: LocalItem, top: string): TransferTask {
    const { replace = false, resume = true, zstd = false, room, signal } = this.#options;
    const exists = this.#there.get(top)?.has(remotePath);
    return {
      path: remotePath,
      sizeBytes,
      place: pathKey(remotePath),
      run: async (client, onProgress) => {
        const result = await uploadOnce(client, path, this.#made, {
          path: remotePath,
          sizeBytes,
          replace,
          resume,
          zstd,
          signal,
          onProgress,
          ...(exists !== undefined && { exists }),
          ...(room !== undefined && { room }),
        });
        return { ...result, file: path };
      },
    };
  }
}

async function listFiles(client: Client, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { type, path } of client.list(folder, { recursive: true })) {
    if (type === "file") paths.push(path);
  }
  return paths;
}
