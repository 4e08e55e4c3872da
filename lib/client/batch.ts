import { KeyedMutex } from "../async/keyed_mutex.ts";
import { runAtOnce } from "../async/run_at_once.ts";
import type { Omissions } from "../protocol/answers.ts";
import { ConnectionError, RequestError } from "../protocol/errors.ts";
import type { Client } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";
import type { TogetherResult } from "./download_together.ts";
import type { Together } from "./together.ts";
import { groupSmall } from "./group_small.ts";
import { OmissionTally } from "./omission_tally.ts";

/** Tasks that are begun at once for each data connection: small files follow each other closely. */
const BEGUN_PER_CONNECTION = 32;

/** Groups of small files that are begun at once: their answers follow each other closely. */
const GROUPS_BEGUN = 8;

/** A file that is in place, at both ends. */
export interface TransferredFile {
  /** Where it is on the server. */
  readonly path: string;
  /** Where it is on this machine. */
  readonly file: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Whether the file was there before, so that nothing was moved. */
  readonly skipped: boolean;
  /** The bytes that had been there before. */
  readonly resumedFrom: number;
}

/** A path that was asked for, or lies below one, and is not in place. */
export interface TransferFailure {
  /** The path, on the server or, where nothing could be sent, on this machine. */
  readonly path: string;
  /** A `RequestError`, `DiskError`, `ConnectionError` or `ProtocolError`; the reason of the signal. */
  readonly error: unknown;
}

/** What came of the transfer of many files. All is told: what is not in `files` is in the others. */
export interface TransferAllResult {
  /** In the order in which they ended. */
  readonly files: readonly TransferredFile[];
  /** In the order of asking. */
  readonly failures: readonly TransferFailure[];
  /** What is there and was left out, such as links that lead elsewhere; of many, not all are named. */
  readonly omitted: Omissions;
}

/** Called while many files are moved. Must not throw. */
export interface TransferListener {
  /** More is to be moved: so many files, of so many bytes as far as is known. */
  onFound?(files: number, bytes: number): void;
  /** Bytes of a file are there. */
  onProgress?(path: string, bytes: number, totalBytes: number): void;
  /** A file is in place. @param seconds the time since it was begun */
  onDone?(path: string, result: Omit<TransferredFile, "path">, seconds: number): void;
  /** A file, a folder or a search has failed; the others go on. */
  onError?(path: string, error: unknown): void;
  /** Something is left out; it may be told twice. */
  onOmitted?(omitted: Omissions): void;
}

/** How the files of a batch are moved. A task holds nothing but what tells its file: there may be many. */
export interface BatchWork<T> {
  /** The path on the server, which names a task in the output. */
  readonly pathOf: (task: T) => string;
  /** Bytes, as far as they are known. */
  readonly sizeOf: (task: T) => number;
  /** Tasks of the same place go one after the other. */
  readonly placeOf: (task: T) => string;
  /** Moves one. */
  readonly move: (
    client: Client,
    task: T,
    onProgress: ProgressListener,
  ) => Promise<Omit<TransferredFile, "path">>;
  /** Moves the small ones, if there are many. Default: each is moved by itself. */
  readonly together?: Together<T>;
}

/** Called with the bytes of a file that are there, and their total. */
export type ProgressListener = (bytes: number, totalBytes: number) => void;

/** Options of a {@link Batch}. */
export interface BatchOptions {
  readonly clients: ClientProvider;
  readonly listener: TransferListener;
  /** Resolves when the listener can take the result of another file. Default: always. */
  readonly ready?: (signal: AbortSignal) => Promise<void>;
  /** Data connections that share the work. */
  readonly jobs: number;
  /** Gives all up: what is not in place fails with its reason. */
  readonly signal: AbortSignal;
  /** Tell the listener alone of the files that are in place. Default: they are in the result, too. */
  readonly forgetsFiles?: boolean;
}

/** A failure, and the rank of its task in the order of asking. */
interface RankedFailure extends TransferFailure {
  readonly rank: number;
}

/**
 * Moves many files: the largest first, so that the connections end together. The failure of a file
 * does not stop the others; the loss of the server does.
 */
export class Batch {
  readonly #options: BatchOptions;
  readonly #failures: RankedFailure[] = [];
  /** Tasks of the same place run one after the other. */
  readonly #places = new KeyedMutex<string>();
  #lost: ConnectionError | null = null;

  readonly #files: TransferredFile[] = [];
  readonly #omitted = new OmissionTally();

  /** Tells the listener, does not own the clients. */
  constructor(options: BatchOptions) {
    this.#options = options;
  }

  /** What has come of it so far. */
  get result(): TransferAllResult {
    const failures = this.#failures.toSorted((a, b) => a.rank - b.rank);
    return {
      files: this.#files,
      failures: failures.map(({ path, error }) => ({ path, error })),
      omitted: this.#omitted.omissions,
    };
  }

  /** Adds a failure of what is no task. @param rank its place among the tasks, or between two of them */
  fail(rank: number, path: string, error: unknown): void {
    this.#options.listener.onFound?.(1, 0);
    this.#fail(rank, path, error);
  }

  /** Adds a failure if nothing else tells why nothing is moved: all that was named is excluded. */
  failExcluded([first]: readonly string[]): void {
    if (this.#failures.length > 0 || first === undefined) return;
    this.fail(0, first, allExcluded());
  }

  /** Adds what is left out. What is named twice is counted once. */
  omit(omitted: Omissions): void {
    this.#omitted.add(omitted);
    this.#options.listener.onOmitted?.(omitted);
  }

  /** Runs tasks, which are in the order of asking. */
  async run<T>(tasks: readonly T[], work: BatchWork<T>): Promise<void> {
    const { sizeOf, together } = work;
    const bytes = tasks.reduce((sum, task) => sum + sizeOf(task), 0);
    this.#options.listener.onFound?.(tasks.length, bytes);
    const { groups, others } = groupSmall(tasks, { ...work, ...together });
    const left: number[] = [];
    const moveGroup = async (group: readonly number[]) => {
      if (together === undefined) return;
      for (const each of await this.#carryOutGroup(tasks, group, work, together)) left.push(each);
    };
    await Promise.all([
      this.#runEach(tasks, others, work),
      runAtOnce(GROUPS_BEGUN, groups, moveGroup),
    ]);
    await this.#runEach(tasks, left, work);
  }

  /** Runs tasks one by one, the largest first. @param ranks their places in the order of asking */
  async #runEach<T>(
    tasks: readonly T[],
    ranks: readonly number[],
    work: BatchWork<T>,
  ): Promise<void> {
    const { placeOf, sizeOf } = work;
    const places = new Map<number, string>();
    // Tasks of the same place keep their order: that of the first is the size that counts
    const sizes = new Map<string, number>();
    for (const rank of ranks) {
      const task = tasks[rank] as T;
      const place = placeOf(task);
      places.set(rank, place);
      if (!sizes.has(place)) sizes.set(place, sizeOf(task));
    }
    const placeAt = (rank: number) => places.get(rank) ?? "";
    const sizeAt = (rank: number) => sizes.get(placeAt(rank)) ?? 0;
    const queue = ranks.toSorted((a, b) => sizeAt(b) - sizeAt(a));
    const runners = this.#options.jobs * BEGUN_PER_CONNECTION;
    await runAtOnce(
      runners,
      queue,
      (rank) => this.#places.run(placeAt(rank), () => this.#carryOut(tasks[rank] as T, rank, work)),
    );
  }

  /** Returns the tasks that are to be run on their own. */
  async #carryOutGroup<T>(
    all: readonly T[],
    ranks: readonly number[],
    { pathOf }: BatchWork<T>,
    { move }: Together<T>,
  ): Promise<readonly number[]> {
    const { clients, ready, signal } = this.#options;
    const startedMs = performance.now();
    const tasks = ranks.map((rank) => all[rank] as T);
    const pathAt = (i: number) => pathOf(tasks[i] as T);
    let progress = 0;
    const onBytes = (bytes: number) => progress = Math.max(progress, bytes);
    try {
      if (this.#lost !== null) throw this.#lost;
      signal.throwIfAborted();
      await ready?.(signal);
      const results = await clients.run((client) => move(client, tasks, onBytes), () => progress);
      const seconds = (performance.now() - startedMs) / 1000;
      return ranks.filter((rank, i) =>
        !this.#settle({ rank, path: pathAt(i), seconds }, results[i] ?? null)
      );
    } catch (error) {
      if (error instanceof ConnectionError) this.#lost ??= error;
      for (const [i, rank] of ranks.entries()) {
        this.#fail(rank, pathAt(i), signal.aborted ? signal.reason : error);
      }
      return [];
    }
  }

  /** Tells what came of a task of a group; `false` if it is to be run on its own. */
  #settle(
    { rank, path, seconds }: {
      readonly rank: number;
      readonly path: string;
      readonly seconds: number;
    },
    result: TogetherResult<Omit<TransferredFile, "path">>,
  ): boolean {
    if (result === null) return false;
    if ("error" in result) this.#fail(rank, path, result.error);
    else {
      const { sizeBytes, skipped } = result;
      if (!skipped) this.#options.listener.onProgress?.(path, sizeBytes, sizeBytes);
      this.#done(path, result, seconds);
    }
    return true;
  }

  #done(path: string, result: Omit<TransferredFile, "path">, seconds: number): void {
    const { forgetsFiles = false, listener } = this.#options;
    if (!forgetsFiles) this.#files.push({ ...result, path });
    listener.onDone?.(path, result, seconds);
  }

  async #carryOut<T>(task: T, rank: number, { pathOf, move }: BatchWork<T>): Promise<void> {
    const { clients, listener, ready, signal } = this.#options;
    const path = pathOf(task);
    const startedMs = performance.now();
    let progress = 0;
    const onProgress = (bytes: number, totalBytes: number) => {
      progress = bytes;
      listener.onProgress?.(path, bytes, totalBytes);
    };
    try {
      if (this.#lost !== null) throw this.#lost;
      signal.throwIfAborted();
      await ready?.(signal);
      const result = await clients.run((client) => move(client, task, onProgress), () => progress);
      this.#done(path, result, (performance.now() - startedMs) / 1000);
    } catch (error) {
      if (error instanceof ConnectionError) this.#lost ??= error;
      this.#fail(rank, path, signal.aborted ? signal.reason : error);
    }
  }

  #fail(rank: number, path: string, error: unknown): void {
    this.#failures.push({ rank, path, error });
    this.#options.listener.onError?.(path, error);
  }
}

/** The failure of a command that excludes all that it names. */
export function allExcluded(): RequestError {
  return new RequestError("not-found", undefined, { reason: "excluded" });
}
