import { dirname, join } from "@std/path";
import { KeyedMutex } from "../../async/keyed_mutex.ts";
import type { Client } from "../../client/client.ts";
import type { ClientProvider } from "../../client/client_provider.ts";
import type { RemoteItem } from "../../client/remote_paths.ts";
import { FileSet } from "../../files/file_set.ts";
import { checkFolderPlace, makeFolder } from "../../files/folders.ts";
import { type FoundItem, walkLocal } from "../../files/local_tree.ts";
import { OwnFiles } from "../../files/own_files.ts";
import type { Omissions } from "../../protocol/answers.ts";
import { lastComponent, pathKey } from "../../protocol/path.ts";
import { cleanLine, display } from "../../protocol/text.ts";
import type { ProgressListener } from "../../client/batch.ts";
import { downloadOnce, MadePaths, uploadOnce } from "../../client/made_paths.ts";
import { ownFolders } from "../options/state_folder.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";
import { describeOmissions } from "../view/omission_text.ts";
import type { AnnouncedFile } from "../view/announced_files.ts";
import { ProgressTotals, renderProgress } from "../view/progress.ts";
import { describeResult, type Direction, type TransferResult } from "../view/reporter.ts";
import { findItems, itemByName, localPathsOf } from "./requested_items.ts";
import { expandHome, type TransferRequest } from "./transfer_request.ts";

const STATUS_INTERVAL_MS = 100;
/** Failures of one command that are printed; the others are only counted. */
const FAILURES_PRINTED = 20;

/** The files of one command that moves several, and its results so far. */
interface TransferJob {
  readonly replace: boolean;
  /** Fires when the command is cancelled. */
  readonly signal: AbortSignal;
  /** Files of the same place are moved one after the other. */
  readonly places: KeyedMutex<string>;
  /** What the command has made, on this machine and on the server: it replaces none of it. */
  readonly made: { readonly here: FileSet; readonly there: MadePaths };
  /** Print one line for all files. */
  isSummed: boolean;
  /** Files that are in place. */
  files: number;
  /** Their sizes. */
  bytes: number;
  failed: number;
}

/** Options of {@link InteractiveTransfers}. */
export interface InteractiveTransferOptions {
  /** Folder for received files. */
  readonly directory: string;
  readonly replace: boolean;
  readonly locale: Locale;
  readonly input: LineInput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called for each file that fails, with the path that was asked for. */
  readonly onError: (error: unknown, path: string) => void;
}

/** Moves files beside the chat, with one status line for all transfers. */
export class InteractiveTransfers {
  readonly #clients: ClientProvider;
  readonly #options: InteractiveTransferOptions;
  readonly #running = new Set<Promise<void>>();
  #cancelled = new AbortController();
  #totals = new ProgressTotals();
  #shownMs = 0;

  /** Uses the clients, does not own them. */
  constructor(clients: ClientProvider, options: InteractiveTransferOptions) {
    this.#clients = clients;
    this.#options = options;
  }

  /** Whether a transfer is running. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Begins to fetch files, folders, or the matches of patterns. */
  get(request: TransferRequest): void {
    this.#track(this.#fetch(request), request.whole);
  }

  /** Begins to fetch a file that was announced, whatever its name. */
  getAnnounced(file: AnnouncedFile, request: TransferRequest): void {
    this.#track(this.#fetchAnnounced(file, request), file.path);
  }

  /** Begins to send files or folders of this machine, and announces them in a room. */
  put(request: TransferRequest, room: string | null): void {
    this.#track(this.#deliver(request, room), request.whole);
  }

  /** Cancels all transfers. What has arrived is kept for the next attempt. */
  cancel(): void {
    this.#options.input.print(this.#options.locale.t("transfersCancelled"));
    this.#cancelled.abort();
    this.#cancelled = new AbortController();
  }

  /** Resolves when no transfer is running. */
  async finished(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #track(work: Promise<void>, path: string): void {
    const tracked = work.catch((error) => this.#options.onError(error, path)).finally(() => {
      this.#running.delete(tracked);
      if (this.isBusy) return;
      this.#options.input.status(null);
      this.#totals = new ProgressTotals();
    });
    this.#running.add(tracked);
  }

  async #fetch(request: TransferRequest): Promise<void> {
    const { whole } = request;
    const job = this.#begin(request);
    const directory = this.#directoryOf(request);
    await checkFolderPlace(directory);
    this.#tell("receiving", whole);
    const onOmitted = (omitted: Omissions) => this.#tellOmitted(omitted);
    const find = (client: Client) => findItems(client, request, onOmitted);
    const items = await this.#clients.run(find, () => 0);
    const files = items.filter(({ type }) => type === "file");
    this.#totals.expect(files.length, files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0));
    for (const { type, localPath } of items) {
      if (job.signal.aborted) return;
      if (type === "folder") await makeFolder(join(directory, localPath));
    }
    job.isSummed = items.length > 1;
    await Promise.all(files.map((file) => this.#receive(file, directory, job)));
    if (job.isSummed && !job.signal.aborted) this.#printSum(whole, job, "get");
  }

  async #fetchAnnounced({ path, sha256 }: AnnouncedFile, request: TransferRequest): Promise<void> {
    const job = this.#begin(request);
    const directory = this.#directoryOf(request);
    await checkFolderPlace(directory);
    this.#tell("receiving", path);
    const result = await this.#receive(itemByName(path), directory, job);
    if (result === null || result.sha256 === sha256) return;
    this.#options.input.print(this.#options.locale.t("changedSince", { path: cleanLine(path) }));
  }

  #directoryOf({ folder }: TransferRequest): string {
    return folder === null ? this.#options.directory : expandHome(folder);
  }

  async #receive(
    { path, localPath, sizeBytes }: RemoteItem,
    directory: string,
    job: TransferJob,
  ): Promise<TransferResult | null> {
    const { replace, signal } = job;
    const file = join(directory, localPath);
    const options = {
      directory: dirname(file),
      name: lastComponent(localPath),
      replace,
      signal,
      ...(sizeBytes !== null && { sizeBytes }),
    };
    return await this.#move(path, "get", { job, place: file }, (client, onProgress) => {
      return downloadOnce(client, path, job.made.here, { ...options, onProgress });
    });
  }

  async #deliver(request: TransferRequest, room: string | null): Promise<void> {
    const job = this.#begin(request);
    const own = await OwnFiles.find(ownFolders());
    for (const path of localPathsOf(request)) {
      if (job.signal.aborted) return;
      this.#tell("sending", path);
      const items = walkLocal(path, request.folder ?? "", own);
      await this.#deliverItems(path, items, room, { ...job });
    }
  }

  /** @param job counts what comes of this path alone */
  async #deliverItems(
    path: string,
    items: AsyncIterable<FoundItem>,
    room: string | null,
    job: TransferJob,
  ): Promise<void> {
    const work: Promise<unknown>[] = [];
    let folder: string | null = null;
    for await (const item of items) {
      if (job.signal.aborted) break;
      if (item.type === "unsendable") this.#options.onError(item.error, item.path);
      else if (item.type === "omitted") this.#tellOmitted({ count: 1, paths: [item] });
      else if (item.type === "folder") {
        folder ??= item.remotePath;
        job.isSummed = true;
        await this.#makeFolder(item.remotePath);
      } else {
        this.#totals.expect(1, item.sizeBytes);
        work.push(this.#send(item.path, item.remotePath, folder === null ? room : null, job));
      }
    }
    await Promise.all(work);
    if (folder === null || job.signal.aborted) return;
    this.#printSum(path, job, "put");
    if (room !== null) await this.#announceFolder(folder, room, job);
  }

  /** Announces a folder as one message: the announcements of its files would fill the room. */
  async #announceFolder(path: string, room: string, { files, bytes }: TransferJob): Promise<void> {
    if (files === 0) return;
    const { t, size } = this.#options.locale;
    const text = t("folderShared", { path: cleanLine(path), files, size: size(bytes) });
    await this.#clients.run((client) => client.chat.say(text, { room }), () => 0);
  }

  #begin({ replace }: TransferRequest): TransferJob {
    const signal = AbortSignal.any([this.#options.signal, this.#cancelled.signal]);
    return {
      replace: replace || this.#options.replace,
      signal,
      places: new KeyedMutex(),
      made: { here: new FileSet(), there: new MadePaths() },
      isSummed: false,
      files: 0,
      bytes: 0,
      failed: 0,
    };
  }

  #printSum(path: string, { files, bytes, failed }: TransferJob, way: Direction): void {
    const { input, locale: { t, size } } = this.#options;
    const values = { path: cleanLine(path), files, size: size(bytes) };
    const sum = way === "get" ? t("receivedSum", values) : t("sentSum", values);
    input.print(failed === 0 ? sum : display`${sum}; ${t("failedSum", { failed })}`);
  }

  #tellOmitted(omitted: Omissions): void {
    const { input, locale } = this.#options;
    for (const line of describeOmissions(omitted, locale)) input.print(line);
  }

  #makeFolder(path: string): Promise<void> {
    return this.#clients.run((client) => client.makeFolder(path), () => 0);
  }

  async #send(file: string, path: string, room: string | null, job: TransferJob): Promise<void> {
    const { replace, signal } = job;
    const options = { path, replace, signal, ...(room !== null && { room }) };
    await this.#move(path, "put", { job, place: path }, async (client, onProgress) => {
      const result = await uploadOnce(client, file, job.made.there, { ...options, onProgress });
      return { ...result, file };
    });
  }

  /** Moves one file, and prints or counts its result. Returns `null` if it fails. */
  async #move(
    path: string,
    direction: Direction,
    { job, place }: { readonly job: TransferJob; readonly place: string },
    work: (client: Client, onProgress: ProgressListener) => Promise<TransferResult>,
  ): Promise<TransferResult | null> {
    const { input, locale, onError } = this.#options;
    let progress = 0;
    const onProgress = (bytes: number, total: number) => {
      progress = bytes;
      this.#onProgress(path, bytes, total);
    };
    try {
      const move = () => this.#clients.run((client) => work(client, onProgress), () => progress);
      const result = await job.places.run(pathKey(place), move);
      this.#totals.finish(path, result.sizeBytes);
      job.files++;
      job.bytes += result.sizeBytes;
      const shownName = direction === "get" ? result.file : path;
      if (!job.isSummed) input.print(describeResult(result, locale, { shownName, direction }));
      return result;
    } catch (error) {
      this.#totals.finish(path, 0);
      job.failed++;
      if (!job.signal.aborted && job.failed <= FAILURES_PRINTED) onError(error, path);
      return null;
    }
  }

  #onProgress(path: string, bytes: number, total: number): void {
    const { input, locale } = this.#options;
    this.#totals.update(path, bytes, total);
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < STATUS_INTERVAL_MS) return;
    this.#shownMs = nowMs;
    input.status(renderProgress(this.#totals.state(lastComponent(path), nowMs), locale));
  }

  #tell(text: "receiving" | "sending", path: string): void {
    const { input, locale: { t } } = this.#options;
    if (input.isTerminal) input.print(t(text, { path: cleanLine(path) }));
  }
}
