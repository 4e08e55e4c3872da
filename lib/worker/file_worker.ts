import type { JobKind } from "./call_queue.ts";
import type { JobOwner } from "./fair_queue.ts";
import type { JobName, JobReply, Jobs } from "./messages.ts";
import { fromPlainError } from "./plain_error.ts";
import { WorkerThread } from "./worker_thread.ts";

type Args<K extends JobName> = Parameters<Jobs[K]>;
type Result<K extends JobName> = ReturnType<Jobs[K]>;

/** The place of a worker in a thread that it shares with others. */
export interface WorkerSeat {
  readonly thread: WorkerThread;
  /** Unique in the thread. */
  readonly number: number;
  readonly owner: JobOwner;
  /** May change: later calls have the new kind. */
  kind: JobKind;
}

/** The seat of a worker that has a thread of its own. */
const ONLY_OWNER: JobOwner = { address: "", client: 0 };

/**
 * The jobs of one task in a thread, and the files that they hold open there: each call is a promise.
 *
 * If the thread dies, pending and later calls reject; the process lives on.
 */
export class FileWorker {
  readonly #seat: WorkerSeat;
  #nextHandle = 0;

  /**
   * @param onDeath called once if the thread dies by itself, for a thread of its own
   * @param seat in a shared thread. Default: starts a thread of its own
   */
  constructor(onDeath?: (worker: FileWorker) => void, seat?: WorkerSeat) {
    this.#seat = seat ?? {
      thread: new WorkerThread(() => onDeath?.(this)),
      number: 0,
      owner: ONLY_OWNER,
      kind: "long",
    };
  }

  /** The thread that runs the calls. */
  get thread(): WorkerThread {
    return this.#seat.thread;
  }

  /** A handle, unique in this worker, for a file that stays open in the thread. */
  newHandle(): number {
    return this.#nextHandle++;
  }

  /** Whether calls can still succeed. */
  get isAlive(): boolean {
    return this.#seat.thread.death === null;
  }

  /**
   * Runs a job in the thread, which owns the buffers in `transfer` from now on. Calls run in order.
   *
   * @throws {RequestError | DiskError | ProtocolError} as thrown by the job
   */
  call<K extends JobName>(
    name: K,
    args: Args<K>,
    transfer: Transferable[] = [],
  ): Promise<Result<K>> {
    const { thread, number: seat, owner, kind } = this.#seat;
    const { promise, resolve, reject } = Promise.withResolvers<Result<K>>();
    thread.call(kind, owner, {
      request: { seat, name, args },
      transfer,
      bytes: bytesOf(name, args, transfer),
      resolve: (reply: JobReply) => {
        if ("error" in reply) reject(fromPlainError(reply.error));
        else resolve(reply.result as Result<K>);
      },
      reject,
    });
    return promise;
  }

  /** Ends the thread; pending calls reject with `reason`. */
  terminate(reason: Error = new Error("The worker was stopped")): void {
    this.#seat.thread.terminate(reason);
  }
}

/** The jobs whose first argument, after a handle, is the number of bytes to hash. */
const SLICE_ARGUMENT: ReadonlyMap<JobName, number> = new Map([
  ["hashSlice", 0],
  ["hashSkippedSlice", 0],
  ["hashKept", 1],
]);

function bytesOf(name: JobName, args: readonly unknown[], transfer: Transferable[]): number {
  const at = SLICE_ARGUMENT.get(name);
  if (at !== undefined) return Number(args[at]);
  const buffers = transfer.filter((each) => each instanceof ArrayBuffer);
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
