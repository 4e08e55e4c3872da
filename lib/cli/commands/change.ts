import { abortable } from "@std/async/abortable";
import {
  findAllEntries,
  listRemoved,
  makeFolders,
  moveEntries,
  outermost,
  planMoves,
  removeEntries,
} from "../../client/change_paths.ts";
import type { Client } from "../../client/client.ts";
import type { NamedEntry } from "../../client/remote_paths.ts";
import type { Omissions, RemovedPath } from "../../protocol/answers.ts";
import { RequestError } from "../../protocol/errors.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { EXIT } from "../texts/failure.ts";
import { UsageError } from "../texts/usage_error.ts";
import {
  askRemove,
  CHANGE_TEXTS,
  describeFolder,
  describeFolderMade,
  describeLeft,
  describeRemoved,
} from "../view/change_texts.ts";
import { jsonLine } from "../view/json_line.ts";
import { OmissionReport } from "../view/omission_report.ts";
import { type CommandOutput, tellFailure } from "../view/tell_failure.ts";
import { type RequestCommandOptions, withClient } from "./with_client.ts";

/** Options of `rm`. */
export interface RmOptions extends RequestCommandOptions {
  readonly paths: readonly string[];
  readonly recursive: boolean;
  /** Remove nothing, and tell what would be removed. */
  readonly dryRun: boolean;
  /** Asks before folders are removed; `null` for no question. Resolves to the answer. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
}

/** What a command prints, and the code of its first failure. */
class ChangeReport {
  exitCode: number = EXIT.done;
  /** What patterns leave out. */
  readonly omissions: OmissionReport;
  readonly #options: RequestCommandOptions;
  readonly #output: CommandOutput;

  constructor(options: RequestCommandOptions, output: CommandOutput) {
    this.#options = options;
    this.#output = output;
    const { locale, json } = options;
    this.omissions = new OmissionReport({
      locale,
      printJson: json ? (value) => output.results.write(`${jsonLine(value)}\n`) : null,
      tell: (text) => output.errors.write(text),
    });
  }

  /** Tells what was done. */
  async done(event: Record<string, unknown>, text: DisplayText): Promise<void> {
    const { json, quiet, signal } = this.#options;
    const { results } = this.#output;
    if (json) results.write(`${jsonLine(event)}\n`);
    else if (!quiet) results.write(`${text}\n`);
    await results.room(signal);
  }

  /** Tells why the request for a path failed. @throws what is no refusal of the server */
  async failed(path: string, error: unknown, text: DisplayText | null = null): Promise<void> {
    if (!(error instanceof RequestError)) throw error; // Not of this path alone
    const { json, locale, signal } = this.#options;
    const failure = locale.failure(error);
    if (text !== null && !json) {
      await abortable(this.#output.results.written(), signal);
      this.#output.errors.write(`${text}\n`);
      this.exitCode ||= failure.exitCode;
      return;
    }
    const exitCode = await tellFailure(path, failure, { json, output: this.#output, signal });
    this.exitCode ||= exitCode;
  }

  /** Tells what stays of a folder. */
  async left({ omitted: { count, paths } }: RemovedPath): Promise<void> {
    if (count === 0) return;
    const { json, locale, signal } = this.#options;
    const { results, errors } = this.#output;
    for (const { path, reason } of json ? paths : []) {
      results.write(`${jsonLine({ event: "omitted", path, reason })}\n`);
    }
    await abortable(results.written(), signal);
    for (const omitted of paths) errors.write(`${describeLeft(omitted, locale)}\n`);
    this.exitCode ||= EXIT.incomplete;
  }

  /** Resolves when all is printed. */
  async written(): Promise<void> {
    await abortable(this.#output.results.written(), this.#options.signal);
    await this.#output.errors.written();
  }
}

/** Removes files and folders on a server, and returns the exit code. */
export async function rm(options: RmOptions): Promise<number> {
  const { paths, recursive, signal } = options;
  return await change(options, async (client, report) => {
    const entries = outermost(await findTold(client, report, paths), recursive);
    if (options.dryRun) return await tellPlan(client, report, entries, options);
    if (!await isAgreed(entries, report, options)) return;
    for await (const outcome of removeEntries(client, entries, { recursive, signal })) {
      const { path } = outcome.item;
      if ("error" in outcome) {
        const { item, error } = outcome;
        await report.failed(path, error, describeFolder(item, error, options));
      } else {
        const { files, folders, omitted: { count: left } } = outcome.result;
        const text = describeRemoved(path, outcome.result, options.locale);
        await report.done(
          { event: "removed", path, files, folders, ...(left > 0 && { left }) },
          text,
        );
        await report.left(outcome.result);
      }
    }
  });
}

/** Whether folders may be removed with all that is in them. */
async function isAgreed(
  entries: readonly NamedEntry[],
  report: ChangeReport,
  { recursive, ask, locale }: RmOptions,
): Promise<boolean> {
  const folders = entries.filter(({ type }) => type === "folder").map(({ path }) => path);
  if (!recursive || ask === null || folders.length === 0) return true;
  await report.written();
  if (await ask(askRemove(folders, locale))) return true;
  report.exitCode ||= EXIT.other;
  return false;
}

/** Tells what would be removed, as far as the client may see it. */
async function tellPlan(
  client: Client,
  report: ChangeReport,
  entries: readonly NamedEntry[],
  options: RmOptions,
): Promise<void> {
  const { recursive, locale: { fill }, signal } = options;
  const tell = async (path: string, type: string | null) => {
    const shown = cleanLine(type === "folder" ? `${path}/` : path);
    const event = { event: "plan", action: "remove", path, type };
    await report.done(event, fill(CHANGE_TEXTS.wouldRemove, { path: shown }));
  };
  for (const { path, type } of entries) {
    if (type === "folder" && !recursive) {
      const error = new RequestError("not-a-file");
      await report.failed(path, error, describeFolder({ path, type }, error, options));
      continue;
    }
    if (type !== null) await tell(path, type);
    if (type === "file") continue;
    try {
      const onOmitted = (omitted: Omissions) => report.omissions.add(omitted);
      for await (const each of listRemoved(client, path, { onOmitted, signal })) {
        await tell(each.path, each.type);
      }
    } catch (error) {
      await report.failed(path, error);
    }
  }
}

/** Options of `mv`. */
export interface MvOptions extends RequestCommandOptions {
  readonly paths: readonly string[];
  readonly to: string;
  readonly replace: boolean;
}

/** Moves or renames files and folders on a server, and returns the exit code. */
export async function mv(options: MvOptions): Promise<number> {
  const { paths, to, replace, signal, locale: { fill } } = options;
  return await change(options, async (client, report) => {
    const entries = await findTold(client, report, paths);
    const moves = await planMoves(client, entries, to);
    if (moves === null) {
      throw new UsageError(fill(CHANGE_TEXTS.needsFolder, { path: cleanLine(to) }));
    }
    for await (const outcome of moveEntries(client, moves, { replace, signal })) {
      const { path, to } = outcome.item;
      if ("error" in outcome) await report.failed(path, outcome.error);
      else {
        const text = fill(CHANGE_TEXTS.moved, { path: cleanLine(path), to: cleanLine(to) });
        await report.done({ event: "moved", path, to }, text);
      }
    }
  });
}

/** Options of `mkdir`. */
export interface MkdirOptions extends RequestCommandOptions {
  readonly paths: readonly string[];
}

/** Makes folders on a server, and returns the exit code. */
export async function mkdir(options: MkdirOptions): Promise<number> {
  const { paths, signal, locale } = options;
  return await change(options, async (client, report) => {
    for await (const outcome of makeFolders(client, paths, signal)) {
      const { item: path } = outcome;
      if ("error" in outcome) await report.failed(path, outcome.error);
      else {
        const { result: isNew } = outcome;
        const event = { event: "made", path, ...(!isNew && { exists: true }) };
        await report.done(event, describeFolderMade(path, isNew, locale));
      }
    }
  });
}

/** What paths and patterns stand for; tells what they leave out, and which stand for nothing. */
async function findTold(
  client: Client,
  report: ChangeReport,
  paths: readonly string[],
): Promise<NamedEntry[]> {
  const failed: [string, RequestError][] = [];
  const entries = await findAllEntries(client, paths, {
    onError: (text, error) => failed.push([text, error]),
    onOmitted: (omitted) => report.omissions.add(omitted),
  });
  for (const [text, error] of failed) await report.failed(text, error);
  return entries;
}

/** Connects for the work, and returns its exit code. */
async function change(
  options: RequestCommandOptions,
  work: (client: Client, report: ChangeReport) => Promise<void>,
): Promise<number> {
  return await withClient(options, async (client, output) => {
    const report = new ChangeReport(options, output);
    await work(client, report);
    report.omissions.end();
    return report.omissions.exitCode(report.exitCode);
  });
}
