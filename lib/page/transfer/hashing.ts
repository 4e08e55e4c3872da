import { onAbort } from "../../async/on_abort.ts";
import { type Hasher, startSha256 } from "./hasher.ts";

/** Files from this size on are hashed in a worker: starting one takes as long as hashing some MiB. */
const WORKER_FROM_BYTES = 32 * 1024 * 1024;
/** A worker that has not begun after this long is not waited for. */
const START_MS = 3_000;
/** Bytes that may wait for a worker, by default: two slices of a file. */
const BYTES_AHEAD = 16 * 1024 * 1024;

/** To a worker that hashes: a slice of a file; `null` asks for the SHA-256. */
export type ToHashWorker = Uint8Array<ArrayBuffer> | null;

/** From a worker that hashes: it can begin, gives a hashed slice back, or has the SHA-256 in hex. */
export type FromHashWorker = "ready" | ArrayBuffer | { readonly sha256: string };

/** What hashing uses of a worker. */
export interface HashWorker {
  postMessage(message: ToHashWorker, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { readonly data: FromHashWorker }) => void) | null;
  onerror: (() => void) | null;
  terminate(): void;
}

/** Starts a worker. @throws where the browser cannot */
export type StartHashWorker = () => HashWorker;

/** Hashes a file beside other work. */
export interface Hashing {
  /** Buffers that are hashed: to be used again. */
  readonly free: ArrayBuffer[];
  /** Takes the bytes over. Resolves when there is room for more. */
  update(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The SHA-256 of all bytes, in hex. */
  digest(): Promise<string>;
  /** To be called at the end or before. */
  end(): void;
}

/**
 * Hashes a large file in a thread of its own, and where that cannot be had in this one.
 *
 * @param signal ends the start
 * @param bytesAhead how many bytes may wait for that thread
 * @throws the reason of the signal
 */
export async function startHashing(
  sizeBytes: number,
  startWorker: StartHashWorker,
  signal: AbortSignal,
  bytesAhead: number = BYTES_AHEAD,
): Promise<Hashing> {
  if (sizeBytes < WORKER_FROM_BYTES) return new LocalHashing(await startSha256());
  try {
    return await WorkerHashing.start(startWorker, signal, bytesAhead);
  } catch {
    signal.throwIfAborted();
    return new LocalHashing(await startSha256());
  }
}

/** Hashes in this thread. */
class LocalHashing implements Hashing {
  readonly free: ArrayBuffer[] = [];
  readonly #hasher: Hasher;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  update(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#hasher.update(bytes);
    return Promise.resolve();
  }

  digest(): Promise<string> {
    return Promise.resolve(this.#hasher.digest());
  }

  end(): void {}
}

/** Hashes in a worker of its own. */
class WorkerHashing implements Hashing {
  readonly free: ArrayBuffer[] = [];
  readonly #worker: HashWorker;
  readonly #bytesAhead: number;
  readonly #ready = Promise.withResolvers<void>();
  readonly #sha256 = Promise.withResolvers<string>();
  #waitingBytes = 0;
  #failure: Error | null = null;
  /** Wakes a pending update. */
  #wake: () => void = () => {};

  private constructor(worker: HashWorker, bytesAhead: number) {
    this.#worker = worker;
    this.#bytesAhead = bytesAhead;
    this.#sha256.promise.catch(() => {}); // Thrown where it is awaited
    worker.onmessage = ({ data }) => this.#onMessage(data);
    worker.onerror = () => this.#fail(new Error("The worker that hashes has ended"));
  }

  static async start(
    startWorker: StartHashWorker,
    signal: AbortSignal,
    bytesAhead: number,
  ): Promise<WorkerHashing> {
    const hashing = new WorkerHashing(startWorker(), bytesAhead);
    const late = setTimeout(() => hashing.end(), START_MS);
    const abortion = onAbort(signal, () => hashing.end());
    try {
      await hashing.#ready.promise;
      return hashing;
    } catch (error) {
      hashing.end();
      throw error;
    } finally {
      clearTimeout(late);
      abortion[Symbol.dispose]();
    }
  }

  async update(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#waitingBytes += bytes.buffer.byteLength;
    this.#worker.postMessage(bytes, [bytes.buffer]);
    while (this.#waitingBytes >= this.#bytesAhead && this.#failure === null) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#failure !== null) throw this.#failure;
  }

  digest(): Promise<string> {
    this.#worker.postMessage(null, []);
    return this.#sha256.promise;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(new Error("Hashing was ended"));
  }

  #onMessage(message: FromHashWorker): void {
    if (message === "ready") return this.#ready.resolve();
    if ("sha256" in message) return this.#sha256.resolve(message.sha256);
    this.free.push(message);
    this.#waitingBytes -= message.byteLength;
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#ready.reject(error);
    this.#sha256.reject(error);
    this.#wake();
  }
}

/** The other end of {@link startHashing}: hashes what comes. @returns the handler of messages */
export async function serveHashing(
  post: (message: FromHashWorker, transfer: ArrayBuffer[]) => void,
): Promise<(message: ToHashWorker) => void> {
  const hasher = await startSha256();
  post("ready", []);
  return (message) => {
    if (message === null) return post({ sha256: hasher.digest() }, []);
    hasher.update(message);
    post(message.buffer, [message.buffer]);
  };
}
