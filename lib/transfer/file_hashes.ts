import { abortable } from "@std/async/abortable";
import type { StoredFile } from "../files/directory_store.ts";
import type { HashedFile, HashIndex, StampedFile } from "../files/hash_index.ts";
import type { CommittedFile } from "../files/part_file.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { JobOwner } from "../worker/fair_queue.ts";
import type { FileWorker, WorkerSeat } from "../worker/file_worker.ts";
import { HASH_SLICE_BYTES } from "../worker/hash_slice.ts";
import type { UseOptions, WorkerPool } from "../worker/worker_pool.ts";
import { LateHashes } from "./late_hashes.ts";
import { HashBatcher } from "./hash_batcher.ts";

/** The SHA-256 of an empty file (FIPS 180-4). */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** A request that waits for a hash. */
export interface HashWaiter {
  readonly owner?: JobOwner;
  /** Fires when the request ends. */
  readonly signal?: AbortSignal;
}

/** Hashes of many files that were read at the same time. */
export interface HashedBatch {
  /** Makes the list. */
  readonly files: () => readonly HashedFile[];
  /** When the first of them was begun to be read, milliseconds since 1970. */
  readonly startedMs: number;
  /** When the last of them was read. */
  readonly endedMs: number;
}

interface HashWork {
  readonly promise: Promise<string>;
  /** Ends the work: no request waits for it any more. */
  readonly unwanted: AbortController;
  /** The number of requests that wait. */
  waiters: number;
  /** The work goes on without requests. */
  readonly isIndexing: boolean;
  seat: WorkerSeat | null;
}

/**
 * The SHA-256 of served files: from the index, or computed, once for all concurrent callers. A
 * computation ends when no request waits for it any more.
 */
export class FileHashes {
  readonly #index: HashIndex;
  readonly #pool: WorkerPool;
  readonly #onIndexError: (error: unknown) => void;
  readonly #batcher: HashBatcher;
  readonly #late = new LateHashes();
  readonly #work = new Map<string, HashWork>();

  /** @param onIndexError called if the index fails: files are served without it, too */
  constructor(index: HashIndex, pool: WorkerPool, onIndexError: (error: unknown) => void) {
    this.#index = index;
    this.#pool = pool;
    this.#batcher = new HashBatcher(pool);
    this.#onIndexError = onIndexError;
  }

  /** The hash in hex, or `null` if only reading the file would tell it. */
  known({ realPath, stamp, sha256 }: StoredFile): string | null {
    if (sha256 !== undefined) return sha256;
    if (stamp.sizeBytes === 0) return EMPTY_SHA256;
    try {
      return this.#index.find(realPath, stamp);
    } catch (error) {
      this.#onIndexError(error);
      return null;
    }
  }

  /**
   * As {@link known}, for files without a hash of their own, in their order.
   *
   * @param signal fires when the server stops
   */
  knownAll(files: readonly StampedFile[], signal: AbortSignal): (string | null)[] {
    try {
      const found = this.#index.findAll(files);
      if (this.#index.isAnyReceived) this.#late.add(() => this.#keepReceived(files), signal);
      return files.map(({ stamp }, i) => stamp.sizeBytes === 0 ? EMPTY_SHA256 : found[i] ?? null);
    } catch (error) {
      this.#onIndexError(error);
      return files.map(() => null);
    }
  }

  /** Absolute paths at which a file of a hash is, or was; a few of them. */
  pathsOf(sha256: string): string[] {
    try {
      return this.#index.pathsOf(sha256, LIMITS.knownFiles);
    } catch (error) {
      this.#onIndexError(error);
      return [];
    }
  }

  /**
   * The hash in hex.
   *
   * @throws {RequestError} if the file cannot be read, or changes while it is read
   * @throws the reason of the waiter's signal if that fires
   */
  async get(file: StoredFile, waiter: HashWaiter = {}): Promise<string> {
    const known = this.known(file);
    if (known !== null) return known;
    const { owner, signal } = waiter;
    signal?.throwIfAborted();
    const work = this.#begin(file, { isIndexing: false, ...(owner && { owner }) });
    if (work.seat?.kind === "background") work.seat.kind = "long";
    work.waiters++;
    try {
      return await (signal === undefined ? work.promise : abortable(work.promise, signal));
    } finally {
      work.waiters--;
      if (work.waiters === 0 && !work.isIndexing) work.unwanted.abort();
    }
  }

  /** Computes a hash unless it is known, while no client needs the threads. */
  async index(file: StoredFile): Promise<void> {
    if (this.known(file) === null) await this.#begin(file, { isIndexing: true }).promise;
  }

  #begin(
    file: StoredFile,
    { isIndexing, owner }: { readonly isIndexing: boolean; readonly owner?: JobOwner },
  ): HashWork {
    const key = JSON.stringify([file.realPath, file.stamp]);
    const running = this.#work.get(key);
    if (running !== undefined && !running.unwanted.signal.aborted) return running;
    const startedMs = Date.now();
    const unwanted = new AbortController();
    const options: UseOptions = {
      kind: isIndexing ? "background" : "long",
      signal: unwanted.signal,
      onSeat: (seat) => work.seat = seat,
      ...(owner && { owner }),
    };
    const hash = file.stamp.sizeBytes <= SMALL_FILE_BYTES
      ? this.#batcher.get(file)
      : this.#pool.use((worker) => hashFile(worker, file, { signal: unwanted.signal }), options);
    const promise = hash.then((sha256) => {
      this.remember(file, sha256, startedMs);
      return sha256;
    }).finally(() => this.#forget(key, work));
    promise.catch(() => {}); // Handled by the callers that still wait for it
    const work: HashWork = { promise, unwanted, waiters: 0, isIndexing, seat: null };
    this.#work.set(key, work);
    return work;
  }

  /**
   * Stores a hash that was computed elsewhere, from all bytes of the file with this stamp.
   *
   * @param startedMs when the hash began to read the file, milliseconds since 1970
   */
  remember({ realPath, stamp }: StoredFile, sha256: string, startedMs: number): void {
    try {
      this.#index.store(realPath, stamp, sha256, startedMs);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  /** As {@link remember}, for many files, a moment later. @param signal fires when the server stops */
  rememberLater(batch: HashedBatch, signal: AbortSignal): void {
    this.#late.add(() => this.#storeBatch(batch), signal);
  }

  #keepReceived(files: readonly StampedFile[]): void {
    try {
      this.#index.keepReceived(files);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  /** Most of what clients fetch is known. */
  #storeBatch({ files, startedMs, endedMs }: HashedBatch): void {
    try {
      const all = files();
      const known = this.#index.findAll(all);
      const found = all.filter(({ sha256 }, i) => known[i] !== sha256);
      this.#index.storeAll(found, startedMs, endedMs);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  /** Stores the hash of a file that this process has just received. */
  rememberReceived({ path, stamp }: CommittedFile, sha256: string): void {
    this.#index.storeReceived(path, stamp, sha256);
  }

  /** Forgets the hash of a file whose bytes have turned out to be others. @param realPath absolute */
  discard(realPath: string): void {
    try {
      this.#index.forget(realPath);
    } catch (error) {
      this.#onIndexError(error);
    }
  }

  #forget(key: string, work: HashWork): void {
    if (this.#work.get(key) === work) this.#work.delete(key);
  }
}

/** Options of {@link hashFile}. */
export interface HashOptions {
  /** Ends the computation between two slices. */
  readonly signal?: AbortSignal | undefined;
  /** Waited for after each slice but the last one, whose bytes it gets. */
  readonly onSlice?: (bytes: number) => Promise<void>;
}

/**
 * The SHA-256 of a file in hex, computed in slices.
 *
 * @throws {RequestError} if the file cannot be read, or changes while it is read
 * @throws the reason of `signal` if that fires
 */
export async function hashFile(
  worker: FileWorker,
  file: StoredFile,
  { signal, onSlice }: HashOptions = {},
): Promise<string> {
  try {
    await worker.call("startHash", [file]);
    for (;;) {
      const sha256 = await worker.call("hashSlice", [HASH_SLICE_BYTES]);
      if (sha256 !== null) return sha256;
      await onSlice?.(HASH_SLICE_BYTES);
      signal?.throwIfAborted();
    }
  } finally {
    worker.call("endHash", []).catch(() => {}); // A dead worker has no open files
  }
}
