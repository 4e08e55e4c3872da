import { KeyedMutex } from "../../async/keyed_mutex.ts";
import type { Client } from "../../client/client.ts";
import type { ReconnectingClient } from "../../client/reconnecting_client.ts";
import { ConnectionError } from "../../protocol/errors.ts";
import { EXIT, type Failure } from "../texts/failure.ts";
import type { Reporter, TransferResult } from "../view/reporter.ts";

/** Tasks that are begun at once for each data connection: small files follow each other closely. */
const BEGUN_PER_CONNECTION = 32;

/** A file to move. */
export interface TransferTask {
  /** Its path on the server, which names it in the output. */
  readonly path: string;
  /** Bytes, as far as they are known. */
  readonly sizeBytes: number;
  /** Tasks of the same place go one after the other. */
  readonly place: string;
  /** Moves it. */
  readonly run: (client: Client, onProgress: ProgressListener) => Promise<TransferResult>;
}

/** Called with the bytes of a file that are there, and their total. */
export type ProgressListener = (bytes: number, totalBytes: number) => void;

/** Options of a {@link Batch}. */
export interface BatchOptions {
  readonly clients: ReconnectingClient;
  readonly reporter: Reporter;
  /** Data connections that share the work. */
  readonly jobs: number;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A failure, and the rank of its task in the order of asking. */
interface RankedFailure {
  readonly rank: number;
  readonly failure: Failure;
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

  /** Reports to the reporter, does not own the client. */
  constructor(options: BatchOptions) {
    this.#options = options;
  }

  /** The exit code of the first failure, in the order of asking. */
  get exitCode(): number {
    const [first] = this.#failures.toSorted((a, b) => a.rank - b.rank);
    return first?.failure.exitCode ?? EXIT.done;
  }

  /** The number of failures. */
  get failed(): number {
    return this.#failures.length;
  }

  /** Reports a failure. @param rank its place among the tasks, or between two of them */
  fail(rank: number, path: string, error: unknown): void {
    this.#failures.push({ rank, failure: this.#options.reporter.onError(path, error) });
  }

  /** Runs tasks, which are in the order of asking. */
  async run(tasks: readonly TransferTask[]): Promise<void> {
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
    const { clients, reporter, signal } = this.#options;
    const { path } = task;
    const startedMs = performance.now();
    let progress = 0;
    const onProgress = (bytes: number, totalBytes: number) => {
      progress = bytes;
      reporter.onProgress(path, bytes, totalBytes);
    };
    try {
      if (this.#lost !== null) throw this.#lost;
      signal.throwIfAborted();
      await reporter.room(signal);
      const result = await clients.run((client) => task.run(client, onProgress), () => progress);
      reporter.onDone(path, result, (performance.now() - startedMs) / 1000);
    } catch (error) {
      if (error instanceof ConnectionError) this.#lost ??= error;
      this.fail(rank, path, signal.aborted ? signal.reason : error);
    }
  }
}
