import { KeyedMutex } from "../async/keyed_mutex.ts";
import type { Omissions } from "../protocol/answers.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Client } from "./client.ts";
import type { ClientProvider } from "./client_provider.ts";

/** Tasks that are begun at once for each data connection: small files follow each other closely. */
const BEGUN_PER_CONNECTION = 32;

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

/** A file to move. */
export interface TransferTask {
  /** Its path on the server, which names it in the output. */
  readonly path: string;
  /** Bytes, as far as they are known. */
  readonly sizeBytes: number;
  /** Tasks of the same place go one after the other. */
  readonly place: string;
  /** Moves it. */
  readonly run: (
    client: Client,
    onProgress: ProgressListener,
  ) => Promise<Omit<TransferredFile, "path">>;
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
  readonly #omitted = new Map<string, Omissions["paths"][number]>();
  #unnamed = 0;

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
      omitted: { count: this.#omitted.size + this.#unnamed, paths: [...this.#omitted.values()] },
    };
  }

  /** Adds a failure of what is no task. @param rank its place among the tasks, or between two of them */
  fail(rank: number, path: string, error: unknown): void {
    this.#options.listener.onFound?.(1, 0);
    this.#fail(rank, path, error);
  }

  /** Adds what is left out. What is named twice is counted once. */
  omit(omitted: Omissions): void {
    this.#unnamed += omitted.count - omitted.paths.length;
    for (const each of omitted.paths) {
      const isKept = this.#omitted.has(each.path) || this.#omitted.size < LIMITS.omissionsKept;
      if (isKept) this.#omitted.set(each.path, each);
      else this.#unnamed++;
    }
    this.#options.listener.onOmitted?.(omitted);
  }

  /** Runs tasks, which are in the order of asking. */
  async run(tasks: readonly TransferTask[]): Promise<void> {
    const bytes = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#options.listener.onFound?.(tasks.length, bytes);
    // Tasks of the same place keep their order: that of the first is the size that counts
    const sizes = new Map(tasks.toReversed().map(({ place, sizeBytes }) => [place, sizeBytes]));
    const sizeOf = ({ place }: TransferTask) => sizes.get(place) ?? 0;
    const queue = tasks.map((task, rank) => ({ task, rank }))
      .sort((a, b) => sizeOf(b.task) - sizeOf(a.task));
    const runners = Math.min(this.#options.jobs * BEGUN_PER_CONNECTION, queue.length);
    let next = 0;
    const work = async () => {
      for (let entry = queue[next++]; entry !== undefined; entry = queue[next++]) {
        const { task, rank } = entry;
        await this.#places.run(task.place, () => this.#carryOut(task, rank));
      }
    };
    await Promise.all(Array.from({ length: runners }, work));
  }

  async #carryOut(task: TransferTask, rank: number): Promise<void> {
    const { clients, listener, ready, signal } = this.#options;
    const { path } = task;
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
      const result = await clients.run((client) => task.run(client, onProgress), () => progress);
      this.#files.push({ ...result, path });
      listener.onDone?.(path, result, (performance.now() - startedMs) / 1000);
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

/**
 * Makes a batch for a caller that gives up by its signal alone: what that stops is no failure.
 *
 * @param run gets the options that each direction has
 * @throws the reason of the signal; what `run` throws
 */
export async function runBatch(
  client: Client | ClientProvider,
  options: TransferListener & { readonly signal?: AbortSignal },
  run: (options: BatchOptions) => Promise<TransferAllResult>,
): Promise<TransferAllResult> {
  const { signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const result = await run({ ...await workforceOf(client), listener: options, signal });
  signal.throwIfAborted();
  return result;
}

/** The clients and connections that share the work of a batch. */
async function workforceOf(
  client: Client | ClientProvider,
): Promise<Pick<BatchOptions, "clients" | "jobs">> {
  if ("run" in client) {
    const jobs = await client.run(({ connections }) => Promise.resolve(connections), () => 0);
    return { clients: client, jobs };
  }
  return { clients: { run: (work) => work(client) }, jobs: client.connections };
}
