import { Semaphore } from "../async/semaphore.ts";
import type { FoundFiles } from "../files/hash_found.ts";
import type { FoundItem, LocalItem, SelectOptions } from "../files/local_tree.ts";
import { checkFolderPath, foldersAbove, parentOf, pathKey } from "../protocol/path.ts";
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
import { MadePaths, uploadOnce } from "./made_paths.ts";
import { listFiles, type RemoteFiles } from "./remote_files.ts";
import { ListingAge } from "./listing_age.ts";
import { HashesAhead } from "./hashes_ahead.ts";
import type { Together } from "./together.ts";
import { walkPaths } from "./walk_paths.ts";

/** Folders that are made at once: more than that the server does not read ahead. */
const FOLDERS_AHEAD = 64;

/** Options of {@link uploadAll}. */
export interface UploadAllOptions extends TransferListener, SelectOptions {
  /** Folder on the server, made if missing. Default: the root. */
  readonly to?: string;
  /** Replace other files of the same paths. Default: they fail with `exists`. */
  readonly replace?: boolean;
  /** Resume what an earlier upload left. Default `true`. */
  readonly resume?: boolean;
  /** Compress data that becomes smaller, if the server supports it. */
  readonly zstd?: boolean;
  /** Tell the server which files may be executed, which it takes from accounts. Default: `true`. */
  readonly exec?: boolean;
  /** Let the server copy what it has elsewhere: see `UploadOptions`. Default: for files that a room is told of. */
  readonly known?: boolean;
  /** A room to announce the files in. */
  readonly room?: string;
  /** Files and folders of the caller's own, which are left out. Default: none. */
  readonly ownPaths?: readonly string[];
  /** Gives all up; the server keeps the received parts for a day. */
  readonly signal?: AbortSignal;
}

/** The same with what the caller settles. */
export interface UploadRunOptions extends BatchOptions, SelectOptions {
  /** A checked path, or `""` for the root. */
  readonly to: string;
  readonly replace?: boolean;
  readonly resume?: boolean;
  readonly zstd?: boolean;
  readonly exec?: boolean;
  readonly known?: boolean;
  readonly room?: string;
  /** Announce only the files that are named, and not those in folders. Default: all. */
  readonly announcesNamed?: boolean;
  readonly ownPaths: readonly string[];
  /** Called with what each path stands for: a file or a folder. */
  readonly onNamed?: (item: LocalItem) => void;
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
  const to = checkFolderPath(options.to ?? "");
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
  /** What is there of each folder that is sent; `null` where it cannot be listed. */
  readonly #there = new Map<string, RemoteFiles | null>();
  readonly #made = new MadePaths();
  readonly #making = new Semaphore(FOLDERS_AHEAD);
  readonly #asked: Promise<void>[] = [];
  readonly #age = new ListingAge();
  /** `null` where each file is announced, whether it is there or not. */
  readonly #ahead: HashesAhead | null;
  /** Whether there is more than what is excluded. */
  #isAny = false;

  constructor(options: UploadRunOptions) {
    this.#options = options;
    this.#batch = new Batch(options);
    const { clients, room, zstd = false, signal } = options;
    const hash = (files: FoundFiles) =>
      clients.run((client) => transfersOf(client).hashFound(files, signal), () => 0);
    this.#ahead = room === undefined && !zstd ? new HashesAhead(hash) : null;
  }

  async run(paths: readonly string[]): Promise<TransferAllResult> {
    const files: LocalItem[] = [];
    const onTop = ({ type, remotePath }: FoundItem) => {
      if (type === "folder") this.#ask(this.#look(remotePath));
    };
    const found = await walkPaths(paths, { ...this.#options, onTop });
    for (const items of found) this.#prepare(items, files);
    this.#ahead?.find(files);
    if (!this.#isAny) this.#batch.failExcluded(paths);
    await Promise.all(this.#asked);
    this.#ahead?.end();
    await this.#batch.run(files, this.#work());
    return this.#batch.result;
  }

  /** Adds the files of one path, and asks for the folders without any: others come with their files. */
  #prepare(items: readonly FoundItem[], all: LocalItem[]): void {
    const [top] = items;
    this.#isAny ||= top?.type !== "excluded";
    if (top?.type === "folder" || top?.type === "file") this.#options.onNamed?.(top);
    const filled = foldersFilled(items);
    for (const item of items) {
      const rank = all.length - 0.5;
      if (item.type === "file") all.push(item);
      if (item.type === "folder" && !filled.has(item.remotePath)) {
        this.#ask(this.#making.run(() => this.#makeFolder(item, rank)));
      }
      if (item.type === "unsendable") this.#batch.fail(rank, item.path, item.error);
      if (item.type === "omitted") this.#batch.omit({ count: 1, paths: [item] });
    }
  }

  /** Adds what the server is asked for: no question waits for the answer to another. */
  #ask(answer: Promise<void>): void {
    answer.catch(() => {}); // Thrown by `run`
    this.#asked.push(answer);
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

  /** Finds out what is in a folder on the server. */
  async #look(folder: string): Promise<void> {
    const onHash = (path: string) => this.#ahead?.list(path);
    this.#there.set(folder, await listFiles(this.#options.clients, folder, onHash));
  }

  #work(): BatchWork<LocalItem> {
    return {
      pathOf: ({ remotePath }) => remotePath,
      sizeOf: ({ sizeBytes }) => sizeBytes,
      placeOf: ({ remotePath }) => pathKey(remotePath),
      move: (client, item, onProgress) => this.#move(client, item, onProgress),
      together: this.#together(),
    };
  }

  async #move(
    client: Client,
    { path: file, remotePath: path, sizeBytes, within }: LocalItem,
    onProgress: ProgressListener,
  ): Promise<Omit<TransferredFile, "path">> {
    const { replace = false, resume = true, zstd = false, exec = true, known, signal } =
      this.#options;
    const exists = this.#isThere(path);
    const room = this.#roomOf(path);
    const result = await uploadOnce(client, file, this.#made, {
      path,
      sizeBytes,
      replace,
      resume,
      zstd,
      exec,
      signal,
      onProgress,
      ...(exists !== undefined && { exists }),
      ...(within !== undefined && { within }),
      ...(room !== undefined && { room }),
      ...(known !== undefined && { known }),
    });
    return { ...result, file };
  }

  /** The path on the server of the named file or folder that a path belongs to. */
  #topOf(path: string): string {
    const { to } = this.#options;
    const end = path.indexOf("/", to === "" ? 0 : to.length + 1);
    return end < 0 ? path : path.slice(0, end);
  }

  /** Whether a file is there on the server; `undefined` where that is not known. */
  #isThere(path: string): boolean | undefined {
    return this.#there.get(this.#topOf(path))?.has(path);
  }

  /** The hash of a file on the server, as listed; `null` where that is not known. */
  #listedHash(path: string): string | null {
    return this.#there.get(this.#topOf(path))?.get(path) ?? null;
  }

  /** The room that is told of a file. */
  #roomOf(path: string): string | undefined {
    const { room, announcesNamed = false } = this.#options;
    return announcesNamed && path !== this.#topOf(path) ? undefined : room;
  }

  /** Data are compressed file by file. One room is told of all files of a group, or none is. */
  #together(): Together<LocalItem> {
    const { replace = false, zstd = false, exec = true, signal, announcesNamed = false } =
      this.#options;
    const room = announcesNamed ? undefined : this.#options.room;
    return {
      takes: ({ remotePath }) => !zstd && this.#roomOf(remotePath) === room,
      move: async (client, items, onBytes) => {
        const options = { replace, exec, signal, onBytes, ...(room !== undefined && { room }) };
        const { isRecent } = this.#age;
        // Before a connection is taken, which hashing needs, too
        const hashes = await this.#ahead?.take(items.map(({ remotePath }) => remotePath)) ?? [];
        const files = items.map(({ path: file, remotePath: path, sizeBytes, within }, i) => ({
          file,
          path,
          sizeBytes,
          exists: this.#isThere(path) ?? replace,
          listedSha256: isRecent ? this.#listedHash(path) : null,
          sha256: hashes[i] ?? null,
          ...(within !== undefined && { within }),
        }));
        return await transfersOf(client).uploadTogether(files, options);
      },
    };
  }
}

/** The folders that files make on their way, by their paths on the server. */
function foldersFilled(items: readonly FoundItem[]): ReadonlySet<string> {
  const filled = new Set<string>();
  let last = "";
  for (const { type, remotePath } of items) {
    const folder = parentOf(remotePath);
    if (type !== "file" || folder === last) continue; // Most lie beside the one before
    last = folder;
    for (const above of foldersAbove(remotePath)) filled.add(above);
  }
  return filled;
}
