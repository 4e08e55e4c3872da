import { pathIn } from "../../protocol/path.ts";
import type { CheckResult } from "../model/check_result.ts";
import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ConnectionError, RequestError } from "../../protocol/errors.ts";
import type { ConflictAnswer, FolderRow, TransfersModel } from "../model/page_model.ts";
import {
  askForFile,
  filesOfDrop,
  filesOfInput,
  type FoundFile,
  type FoundTree,
} from "../transfer/found_files.ts";
import type { Dropped } from "../transfer/take_drop.ts";
import type { MoverResult } from "../transfer/mover_messages.ts";
import { checkFile, downloadedPath } from "./check_file.ts";
import { whenConnected } from "./make_folder.ts";
import { numberedPath } from "./numbered_path.ts";
import { pickedFiles } from "./picked_files.ts";
import { sweepParts } from "./sweep_parts.ts";
import { downloadJob, folderJob, jobOfKept, uploadJob } from "./transfer_jobs.ts";
import { isLinkEnd, stateAfter } from "./transfer_end.ts";
import { type TransferJob, TransferRow } from "./transfer_row.ts";
import { type RunContext, runTransfer } from "./transfer_run.ts";
import { summarize, type Summary } from "./transfer_summary.ts";

/** How often speeds and the summary are computed while something moves. */
const SUMMARY_MS = 250;

/** What transfers need of the page, besides their runs. */
export interface TransfersContext extends RunContext {
  /** A link that the browser can follow by itself. */
  readonly link: (path: string) => Promise<string>;
  /** A file is on the server now; it is offered in a conversation that is no room. */
  readonly onStored: (path: string, offerIn: string | null) => void;
}

/** The transfers of the page. */
export class TransfersState implements Omit<TransfersModel, "sendDropped"> {
  readonly #context: TransfersContext;
  readonly #rows = signal<readonly TransferRow[]>([]);
  readonly #summary = signal<Summary>(summarize([]));
  /** The answer for all conflicts, until nothing is under way. */
  #answer: ConflictAnswer | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  readonly #stopping = new AbortController();

  readonly list: ReadonlySignal<readonly TransferRow[]> = this.#rows;
  readonly summary: ReadonlySignal<Summary> = this.#summary;
  readonly canGetFolder: boolean;

  constructor(context: TransfersContext) {
    this.#context = context;
    this.canGetFolder = context.platform.pickFolder !== null;
    context.platform.guard(computed(() => this.#summary.value.active));
  }

  /** Goes on with what was under way before the page was loaded. */
  async restore(): Promise<void> {
    const jobs = await this.#context.platform.kept.load();
    this.#add(jobs.map(jobOfKept), (row, i) => {
      if (jobs[i]?.isPaused) row.end("paused");
      else this.#run(row);
    });
  }

  /** Ends what is under way, and goes on with nothing after a reload: the link has ended by which the page has come. */
  endAll(error: unknown): void {
    this.#context.platform.kept.forgetLink();
    for (const row of this.#rows.value.filter(({ isActive }) => isActive)) {
      row.stop.abort();
      row.end("failed", error);
    }
    this.#tick();
  }

  /** Ends everything, as leaving the page does. */
  stop(): void {
    this.#stopping.abort(new ConnectionError("lost", "The page is left"));
    for (const row of this.#rows.value) row.stop.abort();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  sendFiles(files: readonly File[], folder: string, offerIn?: string): void {
    this.#send(filesOfInput(files), folder, offerIn);
  }

  /** Sends what was taken from a drop. @throws as {@link sendTree} */
  sendDropped(dropped: readonly Dropped[], folder: string, offerIn?: string): Promise<void> {
    return this.sendTree(filesOfDrop(dropped), folder, offerIn);
  }

  /** Sends what was found in a drop. @throws the first failure to read a folder, once the rest is sent */
  async sendTree(tree: FoundTree, folder: string, offerIn?: string): Promise<void> {
    for await (const files of tree.files) this.#send(files, folder, offerIn);
    this.#add(tree.emptyFolders.map((path) => folderJob(pathIn(folder, path))));
    if (tree.unread.length > 0) throw tree.unread[0];
  }

  get(path: string, size: number): void {
    this.#add([downloadJob(path, size)]);
  }

  async getAll(rows: readonly FolderRow[]): Promise<void> {
    const { platform: { pickFolder }, client } = this.#context;
    if (rows.every(({ kind }) => kind === "file")) {
      return this.#add(rows.map(({ path, size }) => downloadJob(path, size ?? 0)));
    }
    if (pickFolder === null) throw new RequestError("unsupported");
    const picked = await pickFolder();
    for (const { path } of rows) {
      const connected = await whenConnected(client, this.#stopping.signal);
      for await (const files of pickedFiles(connected, path, picked)) {
        this.#add(files.map(({ entry, place }) => downloadJob(entry.path, entry.size, place)));
      }
    }
  }

  pause(id: string): void {
    const row = this.#find(id);
    if (!row?.isActive) return;
    row.stop.abort();
    row.end("paused");
    this.#keep([row]);
    this.#tick();
  }

  resume(id: string): void {
    const row = this.#find(id);
    if (row === null || row.isActive) return;
    const { handle } = row.job;
    const isAsked = row.state.value === "needs-file" && handle !== null;
    // The browser asks only in answer to a click
    void (isAsked ? askForFile(handle) : Promise.resolve()).finally(() => this.#start(row));
  }

  retry(id: string): void {
    this.resume(id);
  }

  cancel(id: string): void {
    const row = this.#find(id);
    if (row === null) return;
    row.stop.abort();
    this.#remove([row]);
  }

  giveFile(id: string, file: File): Promise<void> {
    const row = this.#find(id);
    if (row === null) return Promise.resolve();
    const wasOpened = row.job.lastModified !== 0;
    if (wasOpened && file.size !== row.size) return Promise.reject(new RequestError("changed"));
    row.job.file = file;
    this.#start(row);
    return Promise.resolve();
  }

  answerConflict(id: string, answer: ConflictAnswer, forAll: boolean): void {
    const asked = this.#rows.value.filter(({ state }) => state.value === "exists");
    if (forAll) this.#answer = answer;
    this.#resolve(forAll ? asked : asked.filter((each) => each.id === id), answer);
  }

  clearFinished(): void {
    const isOver = ({ state: { value } }: TransferRow) =>
      value === "verified" || value === "unchecked" || value === "failed";
    this.#remove(this.#rows.value.filter(isOver));
  }

  async checkFile(file: File, path: string | null): Promise<CheckResult> {
    return await checkFile(file, path ?? downloadedPath(file, this.#rows.value), {
      ...this.#context,
      isOnly: path !== null,
    });
  }

  #send(files: readonly FoundFile[], folder: string, offerIn: string | undefined): void {
    this.#add(files.map((found) => uploadJob(found, folder, offerIn ?? null)));
  }

  /** Adds transfers at the top, and begins each. */
  #add(
    jobs: readonly TransferJob[],
    begin: (row: TransferRow, index: number) => void = (row) => this.#run(row),
  ): void {
    const rows = jobs.map((job) => new TransferRow(job));
    this.#rows.value = [...rows.toReversed(), ...this.#rows.value];
    this.#keep(rows);
    sweepParts(this.#context.platform, this.#rows.value).catch(() => {}); // The next transfer tries again
    rows.forEach(begin);
    this.#tick();
  }

  #start(row: TransferRow): void {
    this.#run(row);
    this.#tick();
  }

  /** The same without the summary, which each row would make anew from all. */
  #run(row: TransferRow): void {
    const signal = row.begin();
    row.idle = row.idle
      .then(() => runTransfer(row, this.#context, signal))
      .then((result) => this.#onEnd(row, result))
      .catch((error) => {
        if (!signal.aborted) this.#onError(row, error);
      })
      .finally(() => this.#tick());
  }

  async #onEnd(row: TransferRow, result: MoverResult | "made" | null): Promise<void> {
    const { platform, onStored, link } = this.#context;
    const { job } = row;
    if (result === "made") return this.#remove([row]);
    if (result === null) {
      platform.follow(await link(job.path), job.name);
      return row.end("unchecked");
    }
    if (job.direction === "upload") onStored(job.path, job.offerIn);
    else if (result.blob !== null) platform.save(result.blob, job.name);
    else if (job.part !== null) await this.#savePart(job.part, job.name);
    row.verified(result);
    platform.kept.delete(row.id);
  }

  async #savePart(part: string, name: string): Promise<void> {
    const { privateFiles, save } = this.#context.platform;
    const file = await privateFiles?.open(part);
    if (file !== undefined) save(file, name);
  }

  #onError(row: TransferRow, error: unknown): void {
    const state = stateAfter(error, row.job);
    if (state === "needs-file") row.job.file = null;
    if (isLinkEnd(error)) this.#context.platform.kept.forgetLink();
    void row.job.picked?.remove();
    row.end(state, error);
    if (state === "exists" && this.#answer !== null) this.#resolve([row], this.#answer);
  }

  #resolve(rows: readonly TransferRow[], answer: ConflictAnswer): void {
    if (answer === "skip") return this.#remove(rows);
    for (const { job } of rows) {
      if (answer === "replace") job.replace = true;
      else job.path = numberedPath(job.path);
    }
    this.#keep(rows);
    for (const row of rows) this.#run(row);
    this.#tick();
  }

  #remove(rows: readonly TransferRow[]): void {
    const gone = new Set(rows);
    const { kept, privateFiles } = this.#context.platform;
    for (const { id, job, state } of rows) {
      kept.delete(id);
      // What was saved may still be copied by the browser
      const isSaved = state.value === "verified";
      if (!isSaved) void job.picked?.remove();
      if (job.part !== null && !isSaved) void privateFiles?.remove(job.part).catch(() => {});
    }
    this.#rows.value = this.#rows.value.filter((row) => !gone.has(row));
    this.#tick();
  }

  #keep(rows: readonly TransferRow[]): void {
    const { kept, tab } = this.#context.platform;
    kept.put(rows.filter(({ job }) => job.picked === null).map((row) => row.kept(tab)));
  }

  #find(id: string): TransferRow | null {
    return this.#rows.value.find((row) => row.id === id) ?? null;
  }

  /** Computes the summary now, and again and again while something is under way. */
  #tick(): void {
    const rows = this.#rows.value;
    for (const row of rows) if (row.isActive) row.measure();
    this.#summary.value = summarize(rows);
    const isActive = this.#summary.value.active > 0 && !this.#stopping.signal.aborted;
    if (!isActive && !rows.some(({ state }) => state.value === "exists")) this.#answer = null;
    if (isActive) this.#timer ??= setInterval(() => this.#tick(), SUMMARY_MS);
    else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}
