import { basename } from "../../files/path.ts";
import { onAbort } from "../../async/on_abort.ts";
import type { Client } from "../../client/client.ts";
import { allExcluded, type TransferAllResult } from "../../client/batch.ts";
import { listedItems } from "../../client/download_listed.ts";
import { planDownloads, planFound } from "../../client/plan_download.ts";
import { retryLateHello } from "../../client/late_hello.ts";
import { downloadEach, downloadItems, type DownloadRunOptions } from "../../client/download_all.ts";
import { ReconnectingClient } from "../../client/reconnecting_client.ts";
import type { TransferPlan } from "../../client/transfer_plan.ts";
import type { RemoteItem } from "../../client/remote_paths.ts";
import { ExcludeRules } from "../../files/exclude_rules.ts";
import { checkFolderPlace } from "../../files/folders.ts";
import { readSumFile } from "../../files/sum_list.ts";
import { retryBusyAsync } from "../../files/retry_busy.ts";
import { RequestError } from "../../protocol/errors.ts";
import { defined } from "../options/defined.ts";
import { EXIT } from "../texts/failure.ts";
import { Reporter } from "../view/reporter.ts";
import { checkFound } from "./check_found.ts";
import { connectTold } from "./connect_told.ts";
import { copyToStdout } from "./copy_to_stdout.ts";
import { isPattern } from "../../protocol/is_pattern.ts";
import { getByProtocol1 } from "./get_protocol1.ts";
import { mirror, type MirrorChoice, type MirrorResult, planMirror } from "./mirror.ts";
import { PrintedMirror } from "./mirror_report.ts";
import { linkPath } from "./link_use.ts";
import { folderPath } from "../options/folder_path.ts";
import { placeHint } from "./place_hint.ts";
import { namesFrom, recordSums } from "./record_sums.ts";
import { printPlan } from "./print_plan.ts";
import { exitCodeOf, listenerOf } from "./report_batch.ts";
import { runRounds } from "./run_rounds.ts";
import type { TransferCommandOptions } from "./transfer_command.ts";

/** Options of `get`. */
export interface GetOptions extends TransferCommandOptions {
  /** Folder for the files. */
  readonly directory: string;
  /** Delete what is in the folder here and not on the server; `null` to delete nothing. */
  readonly mirror: MirrorChoice | null;
  /** Accept only this content, in hex; for one path. */
  readonly sha256?: string | undefined;
  /** Fetch what this file lists, and nothing else; the one path is the folder of it, if any. */
  readonly fromSums?: string | undefined;
  /** Write the file to standard output instead; for one path. */
  readonly toStdout: boolean;
}

/**
 * Fetches files and returns the exit code: that of the first path that failed.
 *
 * @throws {ConnectionError} when there is no server
 */
export async function get(options: GetOptions): Promise<number> {
  return await retryLateHello(options.connection, async (connection) => {
    const run = options.dryRun ? planGet : options.everyMs === null ? getOnce : getRounds;
    return await run({ ...options, connection });
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

/** Prints what would be fetched. */
async function planGet(options: GetOptions): Promise<number> {
  const { connection, fromSums, exclude, signal } = options;
  const clients = await ReconnectingClient.connect(connection);
  onAbort(signal, () => void clients.close());
  try {
    const paths = wantedPaths(await clients.client, options);
    let found: readonly RemoteItem[] = [];
    const run = {
      ...options,
      clients,
      check: (items: readonly RemoteItem[]) => found = checkFound(items, options),
    };
    const plan = fromSums === undefined
      ? await planDownloads(paths, run)
      : await planFound(await readListed(fromSums, paths, exclude), run);
    await clients.quit();
    return await printWithMirror(plan, found, options);
  } finally {
    await clients.close();
  }
}

async function printWithMirror(
  plan: TransferPlan,
  found: readonly RemoteItem[],
  options: GetOptions,
): Promise<number> {
  const { mirror, format, signal } = options;
  const print = { ...options, direction: "get" } as const;
  if (mirror === null) return await printPlan(plan, print);
  const wanted = { ...options, mirror, locale: format.locale };
  const { plan: whole, refusal } = await planMirror(plan, found, wanted);
  const exitCode = await printPlan(whole, print);
  if (refusal === null) return exitCode;
  const report = new PrintedMirror(format);
  report.refuse(refusal);
  await report.printed(signal);
  return exitCode === EXIT.done ? EXIT.other : exitCode;
}

async function fetchAll(options: GetOptions): Promise<number> {
  const { directory, signal } = options;
  const nameOf = namesFrom(directory);
  return await recordSums({ ...options, nameOf }, async (format) => {
    const reporter = new Reporter(format, "get");
    try {
      const exitCode = await fetchReported(options, reporter);
      await reporter.printed(signal);
      return reporter.exitCode(exitCode);
    } finally {
      await reporter.printed(signal);
    }
  });
}

/** Fetches again and again. */
async function getRounds(options: GetOptions): Promise<number> {
  const { directory, everyMs, format } = options;
  await checkFolderPlace(directory);
  const rounds = {
    ...options,
    direction: "get" as const,
    everyMs: everyMs ?? 0,
    nameOf: namesFrom(directory),
  };
  return await runRounds(rounds, (client) => {
    const paths = wantedPaths(client, options);
    return async (clients, reporter) => {
      const { result, found } = await fetchFound(clients, { ...options, paths }, reporter);
      // The line of the round counts what is deleted
      const mirrored = { ...options, format: { ...format, quiet: true }, reporter };
      const end = await deleteExtras(found, result, mirrored);
      return { failures: result.failures, ...end };
    };
  });
}

/** Returns the exit code of the first path that failed. */
async function fetchReported(options: GetOptions, reporter: Reporter): Promise<number> {
  const clients = await connectTold(options, reporter);
  const client = await clients.client;
  // Only protocol 2 knows what matches a pattern
  const needsProtocol2 = options.fromSums !== undefined || options.paths.some(isPattern);
  if (client.protocol === 1 && needsProtocol2) await client.protocolSettled;
  if (client.protocol === 1) return await fetchByProtocol1(client, options, reporter);
  try {
    const paths = wantedPaths(client, options);
    const { result, found } = await fetchFound(clients, { ...options, paths }, reporter);
    await clients.quit();
    return (await deleteExtras(found, result, { ...options, reporter })).exitCode;
  } finally {
    await clients.close();
  }
}

/** Fetches what the paths stand for, and returns that, too. */
async function fetchFound(
  clients: ReconnectingClient,
  options: GetOptions,
  reporter: Reporter,
): Promise<{ readonly result: TransferAllResult; readonly found: readonly RemoteItem[] }> {
  let found: readonly RemoteItem[] = [];
  const result = await fetchWanted(options, {
    clients,
    listener: listenerOf(reporter),
    ready: (signal) => reporter.room(signal),
    jobs: options.jobs,
    signal: options.signal,
    directory: options.directory,
    replace: options.replace,
    resume: options.resume,
    zstd: options.zstd,
    exclude: options.exclude,
    exec: options.exec,
    forgetsFiles: true,
    check: (items) => {
      checkFound(items, options);
      if (options.mirror !== null) found = items;
    },
    ...defined<DownloadRunOptions>({ sha256: options.sha256 }),
  });
  reporter.onEnd(result.failures.length, placeHint("get", options, result));
  return { result, found };
}

/** Makes a mirror of what is fetched, if that is wanted. The exit code is that of all. */
async function deleteExtras(
  found: readonly RemoteItem[],
  result: TransferAllResult,
  options: GetOptions & { readonly reporter: Reporter },
): Promise<MirrorResult> {
  const { mirror: choice, reporter, signal, format } = options;
  const { locale } = format;
  const exitCode = exitCodeOf(result.failures, locale);
  if (choice === null) return { exitCode, deleted: 0 };
  await reporter.printed(signal);
  const report = new PrintedMirror(format);
  const deleting = await mirror(found, result, report, { ...options, mirror: choice, locale })
    .finally(() => report.printed(signal));
  return exitCode === EXIT.done && result.omitted.count === 0 ? deleting : { exitCode, deleted: 0 };
}

/** The paths of the command line; without any, that of the link, which may be the root. */
function wantedPaths(client: Client, { paths, format: { locale } }: GetOptions): readonly string[] {
  const linked = linkPath(client, "get", locale);
  return paths.length > 0 || linked === null ? paths : [linked === "" ? "*" : linked];
}

/** As {@link fetchReported}, from a server without listings: paths are those of files. */
async function fetchByProtocol1(
  client: Client,
  options: GetOptions,
  reporter: Reporter,
): Promise<number> {
  if (options.fromSums !== undefined || options.mirror !== null) {
    client.close();
    throw new RequestError("unsupported", undefined, { reason: "protocol-1" });
  }
  const rules = ExcludeRules.of(options.exclude);
  const paths = options.paths.filter((path) => !rules.excludes(basename(path), false));
  if (paths.length === 0) {
    await client.quit();
    return reporter.onError(options.paths[0] ?? "", allExcluded()).exitCode;
  }
  reporter.expect(paths.length, 0);
  const failures = await getByProtocol1(client, {
    ...options,
    paths,
    connection: { ...options.connection, protocol: 1 },
    reporter,
  });
  reporter.onEnd(failures.length);
  return failures[0]?.exitCode ?? EXIT.done;
}

/** @throws {DiskError} | {SumListError} | {RequestError} for a list that cannot be used */
async function fetchWanted(
  { paths, fromSums, exclude }: GetOptions,
  run: DownloadRunOptions,
): Promise<TransferAllResult> {
  if (fromSums === undefined) return await downloadEach(paths, run);
  return await downloadItems(await readListed(fromSums, paths, exclude), run);
}

/** @throws {DiskError} | {SumListError} | {RequestError} for a list that cannot be used */
async function readListed(
  fromSums: string,
  [from = ""]: readonly string[],
  exclude: readonly string[],
): Promise<RemoteItem[]> {
  return listedItems(await readSumFile(fromSums), folderPath(from), exclude);
}
