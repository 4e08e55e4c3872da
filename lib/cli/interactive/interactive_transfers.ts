import { allExcluded, type TransferAllResult } from "../../client/batch.ts";
import type { Client } from "../../client/client.ts";
import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import type { ClientProvider } from "../../client/client_provider.ts";
import { downloadItems } from "../../client/download_all.ts";
import type { RemoteItem } from "../../client/remote_paths.ts";
import { OmissionTally } from "../../client/omission_tally.ts";
import { workforceOf } from "../../client/run_batch.ts";
import { uploadEach } from "../../client/upload_all.ts";
import { checkFolderPlace } from "../../files/folders.ts";
import type { LocalItem } from "../../files/local_tree.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { checkFolderPath } from "../../protocol/path.ts";
import { cleanLine } from "../../protocol/text.ts";
import { gitignoreHint } from "../commands/gitignore_hint.ts";
import { checkMirrored, mirror, type MirrorOptions } from "../commands/mirror.ts";
import { mirrorMistake } from "../options/mirror_mistake.ts";
import { namesFrom, RoundSums, SUMS_UNWRITTEN } from "../commands/record_sums.ts";
import { ownFolders } from "../options/state_folder.ts";
import { isYes } from "../texts/is_yes.ts";
import type { AnnouncedFile } from "../view/announced_files.ts";
import { MirrorLines } from "./mirror_lines.ts";
import { planDelivery, planFetch, type PlanRequestOptions } from "./plan_request.ts";
import { findItems, itemByName, localPathsOf, patternsOf } from "./requested_items.ts";
import { RunningCommands } from "./running_commands.ts";
import { SentFolders } from "./sent_folders.ts";
import { TransferDisplay, type TransferDisplayOptions } from "./transfer_display.ts";
import { newJob, type TransferJob } from "./transfer_job.ts";
import { directoryOf, expandHome, type TransferRequest } from "./transfer_request.ts";

/** Options of {@link InteractiveTransfers}. */
export interface InteractiveTransferOptions extends TransferDisplayOptions {
  /** Folder for received files. */
  readonly directory: string;
  readonly replace: boolean;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Moves files beside the chat, with one status line for all transfers. */
export class InteractiveTransfers {
  readonly #clients: ClientProvider & Pick<ReconnectingChat, "say">;
  readonly #options: InteractiveTransferOptions;
  readonly #running: RunningCommands;
  readonly #display: TransferDisplay;

  /** Uses the clients of a chat, does not own them. */
  constructor(
    clients: ClientProvider & Pick<ReconnectingChat, "say">,
    options: InteractiveTransferOptions,
  ) {
    this.#clients = clients;
    this.#options = options;
    this.#display = new TransferDisplay(options);
    const onIdle = () => this.#display.end();
    this.#running = new RunningCommands({ onError: options.onError, onIdle });
  }

  /** Whether a transfer is running. */
  get isBusy(): boolean {
    return this.#running.isBusy;
  }

  /** Begins to fetch files, folders, or the matches of patterns. */
  get(request: TransferRequest): void {
    this.#running.run(request.whole, (cancelled) => this.#fetch(request, cancelled));
  }

  /** Begins to fetch a file that was announced, whatever its name. */
  getAnnounced(file: AnnouncedFile, request: TransferRequest): void {
    this.#running.run(file.path, (cancelled) => this.#fetchAnnounced(file, request, cancelled));
  }

  /** Begins to send files or folders of this machine, and announces them in a room. */
  put(request: TransferRequest, room: string | null): void {
    this.#running.run(request.whole, (cancelled) => this.#deliver(request, room, cancelled));
  }

  /** Cancels all transfers, or those of a name; what has arrived is kept. Returns whether there were any. */
  cancel(name: string): boolean {
    const { input, locale: { t } } = this.#options;
    if (!this.#running.cancel(name)) return false;
    const text = t("transferCancelled", { name: cleanLine(name) });
    input.print(name === "" ? t("transfersCancelled") : text);
    return true;
  }

  /** Resolves when no transfer is running. */
  async finished(): Promise<void> {
    await this.#running.finished();
  }

  async #fetch(request: TransferRequest, cancelled: AbortSignal): Promise<void> {
    const job = this.#begin(request, cancelled);
    const omitted = new OmissionTally();
    const onOmitted = (more: Omissions) => {
      omitted.add(more);
      this.#display.tellOmitted(more);
    };
    const directory = directoryOf(request, this.#options.directory);
    await checkFolderPlace(directory);
    if (!request.dryRun) this.#display.tell("receiving", request.whole);
    const find = (client: Client) => findItems(client, request, onOmitted);
    const items = await this.#clients.run(find, () => 0);
    if (items.length === 0) throw allExcluded();
    job.isSummed = items.length > 1;
    const mirroring = await this.#mirroring(request, job, directory);
    const result = await this.#fetchItems(items, request, { job, directory, mirroring });
    if (result === null) return;
    if (job.isSummed) this.#display.printSum(request.whole, job, "get");
    if (mirroring === null) return;
    await mirror(
      items,
      { ...result, omitted: omitted.omissions },
      new MirrorLines(this.#options),
      mirroring,
    );
  }

  async #fetchAnnounced(
    { path, sha256 }: AnnouncedFile,
    request: TransferRequest,
    cancelled: AbortSignal,
  ): Promise<void> {
    const job = this.#begin(request, cancelled);
    const directory = directoryOf(request, this.#options.directory);
    await checkFolderPlace(directory);
    if (!request.dryRun) this.#display.tell("receiving", path);
    const item = itemByName(path);
    const mirroring = await this.#mirroring(request, job, directory);
    const result = await this.#fetchItems([item], request, { job, directory, mirroring });
    const [file] = result?.files ?? [];
    if (file === undefined || file.sha256 === sha256) return;
    this.#options.input.print(this.#options.locale.t("changedSince", { path: cleanLine(path) }));
  }

  /** Fetches files, or only prints what that would do. Returns `null` where nothing more is to be done. */
  async #fetchItems(
    items: readonly RemoteItem[],
    request: TransferRequest,
    { job, directory, mirroring }: {
      readonly job: TransferJob;
      readonly directory: string;
      readonly mirroring: MirrorOptions | null;
    },
  ): Promise<TransferAllResult | null> {
    if (mirroring !== null) checkMirrored(items, this.#options.locale);
    if (request.dryRun) {
      const options = { ...this.#plan(job), directory, mirroring };
      this.#display.print(await planFetch(items, request, options));
      return null;
    }
    if (job.signal.aborted) return null;
    const nameOf = namesFrom(directory);
    const { signal, replace } = job;
    return await this.#summed(request, job, async (sums) => {
      const result = await downloadItems(items, {
        ...await workforceOf(this.#clients),
        listener: this.#display.listener(
          "get",
          job,
          (path, done) => sums.add(nameOf(path, done), done),
        ),
        signal,
        directory,
        replace,
        resume: !request.noResume,
        zstd: request.zstd,
        exec: !request.noExec,
      });
      return signal.aborted ? null : result;
    });
  }

  async #deliver(
    request: TransferRequest,
    room: string | null,
    cancelled: AbortSignal,
  ): Promise<void> {
    const job = this.#begin(request, cancelled);
    if (request.dryRun) return this.#display.print(await planDelivery(request, this.#plan(job)));
    const paths = localPathsOf(request);
    const folders = new SentFolders();
    await this.#summed(request, job, async (sums) => {
      const { failures } = await uploadEach(paths, {
        ...await workforceOf(this.#clients),
        listener: this.#display.listener("put", job, (path, result) => {
          sums.add(path, result);
          return folders.add(path, result);
        }),
        signal: job.signal,
        to: checkFolderPath(request.folder ?? ""),
        replace: job.replace,
        resume: !request.noResume,
        zstd: request.zstd,
        exec: !request.noExec,
        exclude: await patternsOf(request),
        gitignore: request.gitignore,
        links: request.links,
        ownPaths: ownFolders(),
        forgetsFiles: true,
        announcesNamed: true,
        ...(request.known && { known: true }),
        ...(room !== null && { room }),
        onNamed: (item) => this.#beginNamed(item, request, folders),
      });
      for (const { path } of failures) folders.fail(path);
    });
    if (!job.signal.aborted) await this.#endFolders(folders, room);
  }

  #beginNamed(item: LocalItem, { gitignore }: TransferRequest, folders: SentFolders): void {
    this.#display.tell("sending", item.path);
    const { input, locale } = this.#options;
    const hint = gitignoreHint(item, gitignore, locale);
    if (hint !== null && input.isTerminal) input.print(hint);
    if (item.type === "folder") folders.begin(item);
  }

  /** Prints what came of folders, and announces each as one message: its files would fill the room. */
  async #endFolders(folders: SentFolders, room: string | null): Promise<void> {
    const { locale: { t, size } } = this.#options;
    for (const folder of folders) {
      const { path, remotePath, files, bytes } = folder;
      this.#display.printSum(path, folder, "put");
      if (room === null || files === 0) continue;
      const text = t("folderShared", { path: cleanLine(remotePath), files, size: size(bytes) });
      await this.#clients.say(text, { room }); // Which says nothing twice
    }
  }

  #begin({ replace }: TransferRequest, cancelled: AbortSignal): TransferJob {
    const signal = AbortSignal.any([this.#options.signal, cancelled]);
    return newJob({ replace: replace || this.#options.replace, signal });
  }

  #plan({ replace, signal }: TransferJob): PlanRequestOptions {
    return { clients: this.#clients, replace, locale: this.#options.locale, signal };
  }

  /** How to delete what the server does not have; `null` to delete nothing. @throws {UsageError} */
  async #mirroring(
    request: TransferRequest,
    { replace, signal }: TransferJob,
    directory: string,
  ): Promise<MirrorOptions | null> {
    if (!request.delete) return null;
    const { input, locale } = this.#options;
    if (!replace || request.fromSums !== null) throw mirrorMistake(locale);
    const ask = async (question: string) => isYes(await input.ask(question));
    const kept = [request.sums, request.excludeFrom].filter((file) => file !== null).map(
      expandHome,
    );
    const choice = { maxDelete: request.maxDelete, isSettled: request.yes, kept };
    return {
      directory,
      exclude: await patternsOf(request),
      mirror: { ...choice, ask: input.isTerminal ? ask : null },
      locale,
      signal,
    };
  }

  /** Moves files, and writes their sums if that is wanted. */
  async #summed<T>(
    { sums: file }: TransferRequest,
    job: TransferJob,
    move: (sums: RoundSums) => Promise<T>,
  ): Promise<T> {
    const path = file === null ? undefined : expandHome(file);
    const sums = await RoundSums.start(path);
    const result = await move(sums);
    const isWritten = await sums.endRound(!job.signal.aborted && job.failed === 0);
    if (path !== undefined && !isWritten) {
      const { input, locale: { fill } } = this.#options;
      input.print(fill(SUMS_UNWRITTEN, { file: cleanLine(path) }));
    }
    return result;
  }
}
