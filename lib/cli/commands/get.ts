import { join } from "@std/path";
import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { retryLateHello } from "../../client/late_hello.ts";
import { downloadEach, type DownloadRunOptions } from "../../client/download_all.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import type { RemoteItem } from "../../client/remote_paths.ts";
import { checkFolderPlace } from "../../files/folders.ts";
import { retryBusyAsync } from "../../files/retry_busy.ts";
import { RequestError } from "../../protocol/errors.ts";
import { defined } from "../options/defined.ts";
import { EXIT } from "../texts/failure.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { UsageError } from "../texts/usage_error.ts";
import { writeOutBytes } from "../view/output.ts";
import { Reporter, type ReportFormat } from "../view/reporter.ts";
import { getByProtocol1, isPattern } from "./get_protocol1.ts";
import { exitCodeOf, listenerOf } from "./report_batch.ts";

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
    await retryBusyAsync(() => Deno.remove(directory, { recursive: true }));
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
    const { failures } = await downloadEach(options.paths, {
      clients,
      listener: listenerOf(reporter),
      ready: (signal) => reporter.room(signal),
      jobs,
      signal,
      directory: options.directory,
      replace: options.replace,
      resume: options.resume,
      zstd: options.zstd,
      check: (found) => checkFound(found, options),
      ...defined<DownloadRunOptions>({ sha256: options.sha256 }),
    });
    reporter.onEnd(failures.length);
    await clients.quit();
    return exitCodeOf(failures, options.format.locale);
  } finally {
    await clients.close();
  }
}

const SEVERAL = {
  en: "--sha256 and --stdout take exactly one file; this is {count}",
  "pt-BR": "--sha256 e --stdout aceitam exatamente um arquivo; estes são {count}",
} as const satisfies Text;

/** @throws {RequestError} `not-a-file` for a folder @throws {UsageError} for several files */
function checkFound(
  found: readonly RemoteItem[],
  { toStdout, sha256, format: { locale } }: GetOptions,
): void {
  if (!toStdout && sha256 === undefined) return;
  const [first] = found;
  if (first?.type === "folder") throw new RequestError("not-a-file");
  if (found.length > 1) throw new UsageError(locale.fill(SEVERAL, { count: found.length }));
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
