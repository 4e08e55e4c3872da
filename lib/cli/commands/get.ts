import type { DownloadOptions } from "../../transfer/download_options.ts";
import { dirname, join } from "@std/path";
import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { retryLateHello } from "../../client/late_hello.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import { findRemote, type RemoteItem } from "../../client/remote_paths.ts";
import { FileSet } from "../../files/file_set.ts";
import { checkFolderPlace, makeFolder, setFolderTime } from "../../files/folders.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { lastComponent, pathKey } from "../../protocol/path.ts";
import { defined } from "../options/defined.ts";
import { EXIT } from "../texts/failure.ts";
import type { Text } from "../../protocol/fill_text.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { writeOutBytes } from "../view/output.ts";
import { Reporter, type ReportFormat } from "../view/reporter.ts";
import { Batch, type TransferTask } from "./batch.ts";
import { getByProtocol1, isPattern } from "./get_protocol1.ts";
import { downloadOnce } from "./made_paths.ts";

/** Options of `get`. */
export interface GetOptions {
  readonly connection: ConnectOptions;
  /** Files, folders and patterns. */
  readonly paths: readonly string[];
  /** Folder for the files. */
  readonly directory: string;
  readonly replace: boolean;
  /** Connections that share the work. */
  readonly jobs: number;
  /** Resume transfers that an earlier `get` left. */
  readonly resume: boolean;
  readonly zstd: boolean;
  /** Accept only this content, in hex; for one path. */
  readonly sha256?: string | undefined;
  /** Write the file to standard output instead; for one path. */
  readonly toStdout: boolean;
  readonly signal: AbortSignal;
  readonly format: ReportFormat;
}

/**
 * Fetches files and returns the exit code: that of the first path that failed.
 *
 * @throws {ConnectionError} when there is no server
 */
export async function get(options: GetOptions): Promise<number> {
  return await retryLateHello(options.connection, async (connection) => {
    return await getOnce({ ...options, connection });
  });
}

async function getOnce(options: GetOptions): Promise<number> {
  if (!options.toStdout) {
    await checkFolderPlace(options.directory);
    return await fetchAll(options);
  }
  const directory = await Deno.makeTempDir({ prefix: "tcp-chat-" });
  try {
    const exitCode = await fetchAll({ ...options, directory, replace: true });
    if (exitCode === EXIT.done) await copyToStdout(directory, options.signal);
    return exitCode;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function fetchAll(options: GetOptions): Promise<number> {
  const { signal, format } = options;
  const reporter = new Reporter(format, "get");
  try {
    const exitCode = await fetchReported(options, reporter);
    await reporter.printed(signal);
    return reporter.exitCode(exitCode);
  } finally {
    await reporter.printed(signal);
  }
}

/** Returns the exit code of the first path that failed. */
async function fetchReported(options: GetOptions, reporter: Reporter): Promise<number> {
  const { connection, jobs, signal } = options;
  const clients = await ReconnectingClient.connect({ ...connection, connections: jobs });
  onAbort(signal, () => void clients.close());
  const client = await clients.client;
  // Only protocol 2 knows what matches a pattern
  if (client.protocol === 1 && options.paths.some(isPattern)) await client.protocolSettled;
  if (client.protocol === 1) {
    reporter.expect(options.paths.length, 0);
    const failures = await getByProtocol1(client, {
      ...options,
      connection: { ...connection, protocol: 1 },
      reporter,
    });
    reporter.onEnd(failures.length);
    return failures[0]?.exitCode ?? EXIT.done;
  }
  try {
    const batch = new Batch({ clients, reporter, jobs, signal });
    await new GetRun(options, clients, batch, reporter).run();
    reporter.onEnd(batch.failed);
    await clients.quit();
    return batch.exitCode;
  } finally {
    await clients.close();
  }
}

/** One `get` by protocol 2. */
class GetRun {
  readonly #options: GetOptions;
  readonly #clients: ReconnectingClient;
  readonly #batch: Batch;
  readonly #reporter: Reporter;
  /** What this command has made: it replaces none of it. */
  readonly #made = new FileSet();

  constructor(options: GetOptions, clients: ReconnectingClient, batch: Batch, reporter: Reporter) {
    this.#options = options;
    this.#clients = clients;
    this.#batch = batch;
    this.#reporter = reporter;
  }

  async run(): Promise<void> {
    const items = await this.#find();
    const { made, errors } = await this.#makeFolders(items);
    const files: RemoteItem[] = [];
    for (const file of filesIn(items)) {
      const error = errorAbove(file.localPath, errors);
      if (error === undefined) files.push(file);
      else this.#fail(file, error);
    }
    this.#reporter.expect(
      files.length,
      files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0),
    );
    await this.#batch.run(files.map((file) => this.#task(file)));
    // The deepest first: adding a file changes the time of its folder, setting a time does not
    for (const folder of made.reverse()) {
      const { localPath, modifiedMs } = folder;
      if (modifiedMs === null) continue;
      await setFolderTime(this.#place(localPath), modifiedMs)
        .catch((error) => this.#fail(folder, error));
    }
  }

  /** Makes the folders. What stops one stops all that is below it: `errors` has it by local path. */
  async #makeFolders(
    items: readonly RemoteItem[],
  ): Promise<{ readonly made: RemoteItem[]; readonly errors: ReadonlyMap<string, unknown> }> {
    const made: RemoteItem[] = [];
    const errors = new Map<string, unknown>();
    for (const folder of items) {
      const { type, localPath } = folder;
      if (type !== "folder") continue;
      try {
        const above = errorAbove(localPath, errors);
        if (above !== undefined) throw above;
        await makeFolder(this.#place(localPath));
        made.push(folder);
      } catch (error) {
        errors.set(localPath, error);
        this.#fail(folder, error);
      }
    }
    return { made, errors };
  }

  /** Reports a failure that stops none of the others. */
  #fail({ path }: RemoteItem, error: unknown): void {
    this.#reporter.expect(1, 0);
    this.#batch.fail(-1, path, error);
  }

  /** The files and folders that were asked for, in the order of asking, each once. */
  async #find(): Promise<RemoteItem[]> {
    const items = new Map<string, RemoteItem>();
    const onOmitted = (omitted: Omissions) => this.#reporter.onOmitted(omitted);
    for (const path of this.#options.paths) {
      try {
        const found = await this.#clients.run(
          (client) => findRemote(client, path, onOmitted),
          () => 0,
        );
        if (this.#options.toStdout || this.#options.sha256 !== undefined) {
          requireOneFile(found, this.#options.format.locale);
        }
        for (const item of found) items.set(`${item.path}\0${item.localPath}`, item);
      } catch (error) {
        this.#options.signal.throwIfAborted();
        this.#reporter.expect(1, 0);
        this.#batch.fail(filesIn(items.values()).length - 0.5, path, error);
      }
    }
    return [...items.values()];
  }

  #task({ path, localPath, sizeBytes }: RemoteItem): TransferTask {
    const { replace, resume, zstd, sha256, signal } = this.#options;
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
          ...defined<DownloadOptions>({ sizeBytes: sizeBytes ?? undefined, sha256 }),
        }),
    };
  }

  #place(localPath: string): string {
    return join(this.#options.directory, localPath);
  }
}

const SEVERAL = {
  en: "--sha256 and --stdout take exactly one file; this is {count}",
  "pt-BR": "--sha256 e --stdout aceitam exatamente um arquivo; estes são {count}",
} as const satisfies Text;

/** @throws {RequestError} `not-a-file` for a folder @throws {UsageError} for several files */
function requireOneFile(found: readonly RemoteItem[], locale: Locale): void {
  const [first] = found;
  if (first?.type === "folder") throw new RequestError("not-a-file");
  if (found.length > 1) throw new UsageError(locale.fill(SEVERAL, { count: found.length }));
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

/** The one file in the folder, verified before its first byte leaves. */
async function copyToStdout(directory: string, signal: AbortSignal): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    using file = await Deno.open(join(directory, name));
    const buffer = new Uint8Array(256 * 1024);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      await abortable(writeOutBytes(buffer.subarray(0, count)), signal);
    }
  }
}
