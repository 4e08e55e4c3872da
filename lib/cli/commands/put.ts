import { onAbort } from "../../async/on_abort.ts";
import type { TransferAllResult } from "../../client/batch.ts";
import type { Client } from "../../client/client.ts";
import { retryLateHello } from "../../client/late_hello.ts";
import { planUploads } from "../../client/plan_upload.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import { uploadEach, type UploadRunOptions } from "../../client/upload_all.ts";
import type { LinkMode } from "../../files/local_tree.ts";
import { checkPath } from "../../protocol/path.ts";
import { defined } from "../options/defined.ts";
import { ownFolders } from "../options/state_folder.ts";
import type { Locale } from "../texts/locale.ts";
import { Reporter } from "../view/reporter.ts";
import { connectTold } from "./connect_told.ts";
import { gitignoreHint } from "./gitignore_hint.ts";
import { placeHint } from "./place_hint.ts";
import { linkPath } from "./link_use.ts";
import { recordSums } from "./record_sums.ts";
import { printPlan } from "./print_plan.ts";
import { exitCodeOf, listenerOf } from "./report_batch.ts";
import { type RoundWork, runRounds } from "./run_rounds.ts";
import type { TransferCommandOptions } from "./transfer_command.ts";

/** Options of `put`. */
export interface PutOptions extends TransferCommandOptions {
  /** Folder on the server, `""` for the root. Default: that of the link, else the root. */
  readonly to: string | undefined;
  /** Files of the program that are not sent, beside those in its folders. */
  readonly ownPaths: readonly string[];
  /** Leave out what `.gitignore` files say. */
  readonly gitignore: boolean;
  /** What becomes of links in a folder. */
  readonly links: LinkMode;
  /** A room to announce the files in. */
  readonly room?: string | undefined;
  /** Let the server copy what it has elsewhere. Default: for files that a room is told of. */
  readonly known?: boolean | undefined;
}

/**
 * Sends files and returns the exit code: that of the first path that failed.
 *
 * @throws {ConnectionError} when there is no server
 * @throws {RequestError} `bad-path` when the folder to send to has no valid path
 */
export async function put(options: PutOptions): Promise<number> {
  if (options.dryRun) return await planPut(options);
  if (options.everyMs !== null) return await putRounds(options, options.everyMs);
  return await recordSums({ ...options, nameOf }, (format) => putReported({ ...options, format }));
}

/** The path in the list of sums. */
const nameOf = (path: string) => path;

/** Sends again and again. */
async function putRounds(options: PutOptions, everyMs: number): Promise<number> {
  const { format: { locale } } = options;
  const wished = wishedFolder(options);
  const begin = (client: Client): RoundWork => {
    const to = folderFor(client, wished, locale);
    return async (clients, reporter) => {
      const { failures } = await send(clients, { ...options, to }, reporter);
      return { failures, deleted: 0, exitCode: exitCodeOf(failures, locale) };
    };
  };
  return await retryLateHello(options.connection, async (connection) => {
    const rounds = { ...options, connection, direction: "put" as const, everyMs, nameOf };
    return await runRounds(rounds, begin);
  });
}

/** Prints what would be sent. */
async function planPut(options: PutOptions): Promise<number> {
  const { connection, paths, signal, format } = options;
  const wished = wishedFolder(options);
  const clients = await ReconnectingClient.connect(connection);
  onAbort(signal, () => void clients.close());
  try {
    const to = folderFor(await clients.client, wished, format.locale);
    const ownPaths = ownPathsOf(options);
    const plan = await planUploads(paths, { ...options, clients, to, ownPaths });
    await clients.quit();
    return await printPlan(plan, { direction: "put", format, signal });
  } finally {
    await clients.close();
  }
}

function ownPathsOf({ ownPaths }: PutOptions): string[] {
  return [...ownFolders(), ...ownPaths];
}

async function putReported(options: PutOptions): Promise<number> {
  const { signal, format } = options;
  const wished = wishedFolder(options);
  const reporter = new Reporter(format, "put");
  const clients = await connectTold(options, reporter);
  try {
    const to = folderFor(await clients.client, wished, format.locale);
    const { failures } = await send(clients, { ...options, to }, reporter);
    await clients.quit();
    await reporter.printed(signal);
    return reporter.exitCode(exitCodeOf(failures, format.locale));
  } finally {
    await reporter.printed(signal);
    await clients.close();
  }
}

async function send(
  clients: ReconnectingClient,
  options: PutOptions & { readonly to: string },
  reporter: Reporter,
): Promise<TransferAllResult> {
  const result = await uploadEach(options.paths, {
    clients,
    listener: listenerOf(reporter),
    ready: (signal) => reporter.room(signal),
    jobs: options.jobs,
    signal: options.signal,
    to: options.to,
    replace: options.replace,
    resume: options.resume,
    zstd: options.zstd,
    exclude: options.exclude,
    gitignore: options.gitignore,
    links: options.links,
    ownPaths: ownPathsOf(options),
    exec: options.exec,
    forgetsFiles: true,
    onNamed: (item) => {
      const hint = gitignoreHint(item, options.gitignore, options.format.locale);
      if (hint !== null) reporter.hint(hint);
    },
    ...defined<UploadRunOptions>({ room: options.room, known: options.known }),
  });
  reporter.onEnd(result.failures.length, placeHint("put", options, result));
  return result;
}

/** The folder to send to: that of `--to`, else of the link, else the root. @throws {UsageError} */
function folderFor(client: Client, wished: string | null, locale: Locale): string {
  const linked = linkPath(client, "put", locale);
  return wished ?? linked ?? "";
}

/** The folder that `--to` names; `null` without it. @throws {RequestError} `bad-path` */
function wishedFolder({ to }: PutOptions): string | null {
  if (to === undefined) return null;
  return to === "" ? "" : checkPath(to.replace(/\/+$/, ""));
}
