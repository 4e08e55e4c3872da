import type { UploadOptions } from "../../transfer/upload_options.ts";
import { onAbort } from "../../async/on_abort.ts";
import { Semaphore } from "../../async/semaphore.ts";
import type { Client } from "../../client/client.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import { type LocalItem, walkLocal } from "../../files/local_tree.ts";
import { OwnFiles } from "../../files/own_files.ts";
import type { OwnPlaces } from "../../files/served_folder.ts";
import { RequestError } from "../../protocol/errors.ts";
import { checkPath, pathKey } from "../../protocol/path.ts";
import { defined } from "../options/defined.ts";
import { ownFolders } from "../options/state_folder.ts";
import { Reporter, type ReportFormat } from "../view/reporter.ts";
import { Batch, type TransferTask } from "./batch.ts";
import { MadePaths, uploadOnce } from "./made_paths.ts";

/** Options of `put`. */
export interface PutOptions {
  readonly connection: ConnectOptions;
  /** Files and folders of this machine. */
  readonly paths: readonly string[];
  /** Folder on the server, `""` for the root. */
  readonly to: string;
  readonly replace: boolean;
  /** A room to announce the files in. */
  readonly room?: string | undefined;
  /** Connections that share the work. */
  readonly jobs: number;
  /** Resume transfers that an earlier `put` left. */
  readonly resume: boolean;
  readonly zstd: boolean;
  readonly signal: AbortSignal;
  readonly format: ReportFormat;
}

/** Folders that are made at once: each takes a round trip. */
const FOLDERS_AHEAD = 32;
/** Failures to list a folder that do not keep files from being sent to it. */
const NO_VIEW: ReadonlySet<string> = new Set(["denied", "not-a-file", "unsupported"]);

/**
 * Sends files and returns the exit code: that of the first path that failed.
 *
 * @throws {ConnectionError} when there is no server
 * @throws {RequestError} `bad-path` when the folder to send to has no valid path
 */
export async function put(options: PutOptions): Promise<number> {
  const { connection, jobs, signal, format } = options;
  const to = options.to === "" ? "" : checkPath(options.to.replace(/\/+$/, ""));
  const reporter = new Reporter(format, "put");
  const clients = await ReconnectingClient.connect({ ...connection, connections: jobs });
  onAbort(signal, () => void clients.close());
  try {
    const batch = new Batch({ clients, reporter, jobs, signal });
    await new PutRun({ ...options, to }, clients, batch, reporter).run();
    reporter.onEnd(batch.failed);
    await clients.quit();
    await reporter.printed(signal);
    return reporter.exitCode(batch.exitCode);
  } finally {
    await reporter.printed(signal);
    await clients.close();
  }
}

/** One `put`. */
class PutRun {
  readonly #options: PutOptions;
  readonly #clients: ReconnectingClient;
  readonly #batch: Batch;
  readonly #reporter: Reporter;
  /** The remote files of each folder that is sent; `null` where they cannot be listed. */
  readonly #there = new Map<string, ReadonlySet<string> | null>();
  readonly #made = new MadePaths();
  /** Files found so far. */
  #found = 0;

  constructor(options: PutOptions, clients: ReconnectingClient, batch: Batch, reporter: Reporter) {
    this.#options = options;
    this.#clients = clients;
    this.#batch = batch;
    this.#reporter = reporter;
  }

  async run(): Promise<void> {
    const tasks: TransferTask[] = [];
    const own = await OwnFiles.find(ownFolders());
    for (const path of this.#options.paths) tasks.push(...await this.#prepare(path, own));
    this.#reporter.expect(tasks.length, tasks.reduce((sum, task) => sum + task.sizeBytes, 0));
    await this.#batch.run(tasks);
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
      if (item.type === "unsendable") this.#fail(rank, item.path, item.error);
      if (item.type === "omitted") this.#reporter.onOmitted({ count: 1, paths: [item] });
    }
    await Promise.all(made);
    const files = items.filter((item): item is LocalItem => item.type === "file");
    return files.map((item) => this.#task(item, top?.remotePath ?? ""));
  }

  /** @param rank its place among the files */
  #fail(rank: number, path: string, error: unknown): void {
    this.#reporter.expect(1, 0);
    this.#batch.fail(rank, path, error);
  }

  async #makeFolder({ path, remotePath }: LocalItem, rank: number): Promise<void> {
    try {
      await this.#clients.run((client) => client.makeFolder(remotePath), () => 0);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      this.#fail(rank, path, error);
    }
  }

  async #look(folder: string): Promise<ReadonlySet<string> | null> {
    try {
      const paths = await this.#clients.run((client) => listFiles(client, folder), () => 0);
      return new Set(paths);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "not-found") return new Set();
      if (NO_VIEW.has(error.code)) return null;
      throw error;
    }
  }

  #task({ path, remotePath, sizeBytes }: LocalItem, top: string): TransferTask {
    const { replace, resume, zstd, room, signal } = this.#options;
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
          ...defined<UploadOptions>({ exists, room }),
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
