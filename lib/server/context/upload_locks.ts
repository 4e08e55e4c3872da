import { join } from "../../files/path.ts";
import { KeyCounts } from "../../async/key_counts.ts";
import type { FileTarget } from "../../files/part_file.ts";
import { isAtOrBelow } from "../../files/served_folder.ts";
import { RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** A path, locked by an upload. */
interface UploadLock {
  /** Identifies the upload: it is the same when the client resumes over another connection. */
  readonly partName: string;
  /** Cancels the upload. */
  readonly cancel: AbortController;
  /** How long the upload has waited for data, in milliseconds. */
  readonly stalledMs: () => number;
  readonly released: Promise<void>;
}

/**
 * Locks the paths that uploads write to, so that two uploads to the same path never mix.
 *
 * An upload that is resumed over another connection preempts its former attempt: the client has
 * lost that connection, or given it up. Any upload preempts an upload that has stalled for long:
 * its client may be the same, back without a key. A cancelled upload is waited for: it ends soon.
 */
export class UploadLocks {
  readonly #locks = new Map<string, UploadLock>();
  /** Paths that are being moved, or moved to. */
  readonly #moving = new Set<string>();
  /** Paths at which files lie that do not count yet, and may be removed again. */
  readonly #storing = new KeyCounts<string>();

  /**
   * Runs `work` while no other upload may write to the final path of `target`.
   *
   * @param cancel cancels `work`; fired when the upload is preempted
   * @param stalledMs how long the upload has waited for data, in milliseconds
   * @throws {RequestError} `busy` while another upload has the lock; the errors of `work`
   */
  async withLock<T>(
    { directory, name, partName }: FileTarget,
    cancel: AbortController,
    stalledMs: () => number,
    work: () => Promise<T>,
  ): Promise<T> {
    const path = join(directory, name);
    for (let lock = this.#locks.get(path); lock; lock = this.#locks.get(path)) {
      if (!lock.cancel.signal.aborted) preempt(lock, partName);
      await lock.released;
    }
    if (this.#isMoving(path)) throw new RequestError("busy");
    const { promise: released, resolve } = Promise.withResolvers<void>();
    this.#locks.set(path, { partName, cancel, stalledMs, released });
    try {
      return await work();
    } finally {
      this.#locks.delete(path);
      resolve();
    }
  }

  /**
   * Runs `work` while no upload writes to these paths, or below them.
   *
   * @throws {RequestError} `busy` while one does; the errors of `work`
   */
  async without<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const locked of this.#locks.keys()) {
      if (paths.some((path) => isAtOrBelow(path, locked))) throw new RequestError("busy");
    }
    if (paths.some((path) => this.#moving.has(path))) throw new RequestError("busy");
    for (const path of paths) this.#moving.add(path);
    try {
      return await work();
    } finally {
      for (const path of paths) this.#moving.delete(path);
    }
  }

  /** Whether an upload writes to a final path now, or it is being moved. @param path absolute */
  isLocked(path: string): boolean {
    return this.#locks.has(path) || this.#isMoving(path);
  }

  /** Files of these absolute paths are stored together, until disposal. They are not locked: the catalogue decides. */
  storing(paths: readonly string[]): Disposable {
    for (const path of paths) this.#storing.increment(path);
    return {
      [Symbol.dispose]: () => {
        for (const path of paths) this.#storing.decrement(path);
      },
    };
  }

  /** Whether what lies at an absolute path is not, or may not stay, what it is: it is written, moved or stored now. */
  isInUse(path: string): boolean {
    return this.isLocked(path) || this.#storing.of(path) > 0;
  }

  #isMoving(path: string): boolean {
    return this.#moving.values().some((moving) => isAtOrBelow(moving, path));
  }

  /** Cancels the stalled uploads: other requests wait for their workers. */
  cancelStalled(): void {
    for (const lock of this.#locks.values()) {
      const { cancel } = lock;
      if (cancel.signal.aborted || !hasStalled(lock)) continue;
      cancel.abort(
        new RequestError("busy", "Cannot go on: it has stalled, and its worker is needed"),
      );
    }
  }
}

/** Cancels the upload that holds a lock for another upload. @throws {RequestError} `busy` */
function preempt(lock: UploadLock, newPartName: string): void {
  const isSame = lock.partName === newPartName;
  if (!isSame && !hasStalled(lock)) throw new RequestError("busy");
  const why = isSame
    ? "the client has resumed it"
    : "it has stalled, and another upload replaces it";
  lock.cancel.abort(new RequestError("busy", `Cannot go on: ${why}`));
}

function hasStalled({ stalledMs }: UploadLock): boolean {
  return stalledMs() >= LIMITS.stalledUploadMs;
}
