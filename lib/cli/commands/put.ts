import { onAbort } from "../../async/on_abort.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import { uploadEach, type UploadRunOptions } from "../../client/upload_all.ts";
import { checkPath } from "../../protocol/path.ts";
import { defined } from "../options/defined.ts";
import { ownFolders } from "../options/state_folder.ts";
import { Reporter, type ReportFormat } from "../view/reporter.ts";
import { exitCodeOf, listenerOf } from "./report_batch.ts";

/** Options of `put`. */
export interface PutOptions {
  readonly connection: ConnectOptions;
  /** Files and folders of this machine. */
  readonly paths: readonly string[];
  /** Folder on the server, `""` for the root. */
  readonly to: string;
  readonly replace: boolean;
  /** Files of the program that are not sent, beside those in its folders. */
  readonly ownPaths: readonly string[];
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
    const { failures } = await uploadEach(options.paths, {
      clients,
      listener: listenerOf(reporter),
      ready: (signal) => reporter.room(signal),
      jobs,
      signal,
      to,
      replace: options.replace,
      resume: options.resume,
      zstd: options.zstd,
      ownPaths: [...ownFolders(), ...options.ownPaths],
      ...defined<UploadRunOptions>({ room: options.room }),
    });
    reporter.onEnd(failures.length);
    await clients.quit();
    await reporter.printed(signal);
    return reporter.exitCode(exitCodeOf(failures, format.locale));
  } finally {
    await reporter.printed(signal);
    await clients.close();
  }
}
