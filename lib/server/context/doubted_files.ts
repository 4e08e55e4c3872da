import { BoundedMap } from "../../async/bounded_map.ts";
import { Semaphore } from "../../async/semaphore.ts";
import type { StoredFile } from "../../files/directory_store.ts";
import { versionTag } from "../../files/file_stamp.ts";
import { type FileHashes, hashFile } from "../../transfer/file_hashes.ts";
import type { JobOwner } from "../../worker/fair_queue.ts";
import type { WorkerPool } from "../../worker/worker_pool.ts";

/** Files that are checked once as they are; of more, the first ones may be checked again. */
const MAX_FILES = 1_000;
/** Files that wait to be checked; what is more is not. */
const MAX_WAITING = 64;
/** To the threads, all that hashes files again is one client among others. */
export const FILE_CHECKS: JobOwner = { address: "checks of files", client: 0 };

/** What {@link DoubtedFiles} use, and do not own. */
export interface DoubtedFilesOptions {
  readonly hashes: Pick<FileHashes, "known">;
  readonly pool: WorkerPool;
  /** Called with the path of a file whose bytes are not those of the SHA-256 that is remembered, once. */
  readonly onDamaged: (path: string) => void;
}

/**
 * Files of a server alone whose bytes are wrong, as clients say, or reading them has shown: a disk that loses bits
 * changes no times, so that the remembered SHA-256 stays. It is kept: a client must not take such a file for right.
 */
export class DoubtedFiles {
  readonly #options: DoubtedFilesOptions;
  /** A thread for one file at a time. */
  readonly #turn = new Semaphore(1);
  /** The files that were checked, by real path and state. */
  readonly #checked = new BoundedMap<string, true>(MAX_FILES);
  #waiting = 0;

  /** Reads nothing yet. */
  constructor(options: DoubtedFilesOptions) {
    this.#options = options;
  }

  /** The bytes of a file were read, and are wrong. */
  tell(path: string, file: StoredFile): void {
    if (this.#isNew(file)) this.#options.onDamaged(path);
  }

  /** A client has found the bytes of a file wrong: they are hashed, once, after other work. Never rejects. */
  async check(path: string, file: StoredFile): Promise<void> {
    const { hashes, pool, onDamaged } = this.#options;
    const known = hashes.known(file);
    if (known === null || this.#waiting >= MAX_WAITING || !this.#isNew(file)) return;
    this.#waiting++;
    try {
      const hash = () =>
        pool.use((worker) => hashFile(worker, file), { owner: FILE_CHECKS, kind: "background" });
      if (await this.#turn.run(hash) !== known) onDamaged(path);
    } catch {
      // It changes, or is gone, or the server stops
    } finally {
      this.#waiting--;
    }
  }

  #isNew({ realPath, stamp }: StoredFile): boolean {
    const key = `${versionTag(stamp)} ${realPath}`;
    if (this.#checked.get(key)) return false;
    this.#checked.set(key, true);
    return true;
  }
}
