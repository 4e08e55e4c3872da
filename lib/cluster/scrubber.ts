import { BoundedMap } from "../async/bounded_map.ts";
import { pause } from "../async/pause.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { isSameStamp } from "../files/file_stamp.ts";
import type { HeldFiles } from "../files/held_files.ts";
import type { CheckedAt, HeldFile } from "../files/holdings.ts";
import { RequestError } from "../protocol/errors.ts";

/** Time between two looks for files that are due, unless they are due sooner. */
const LOOK_MS = 60_000;
/** A file that was wrong may be the only copy, and memory or a cable may have been what was wrong: see `ageMs`. */
const WRONG_AGE_MS = 24 * 60 * 60 * 1_000;
/** Files that cannot be checked are told of once; of more, the first ones may be told again. */
const MAX_FAILED = 1_000;
/** How often it looks whether clients have ended. */
const CLIENTS_MS = 100;

/** What a {@link Scrubber} uses, and does not own. */
export interface ScrubberOptions {
  readonly held: HeldFiles;
  /**
   * A file is hashed again when that was longer ago, in milliseconds; `null` for never. One that was wrong is after a
   * day at the latest, and one that is in doubt at once.
   */
  readonly ageMs: number | null;
  /**
   * Computes the SHA-256 of a file, in hex, from its bytes on the disk, as slowly as is fit.
   *
   * @throws {RequestError} `internal` if the disk does not give the bytes; else if the file cannot be read, or
   * changes meanwhile; the reason of the signal
   */
  readonly hash: (file: StoredFile, signal: AbortSignal) => Promise<string>;
  /** Whether other work comes first now. */
  readonly isBusy: () => boolean;
  /** Called with a file whose bytes are wrong, which was right before; it is not served any more. */
  readonly onWrong: (file: HeldFile) => void;
  /** Called with a file whose bytes are right, which was wrong before. */
  readonly onRight: (file: HeldFile) => void;
  /**
   * Called with what has kept a file from being checked, once until it is checked: it is tried again at each look.
   * Called with each other failure of a look, too.
   */
  readonly onError: (error: unknown) => void;
  /** Milliseconds since 1970. Default: the system's clock. */
  readonly nowMs?: () => number;
}

/**
 * Hashes the files again that this server holds, one after the other, the one that was checked longest ago first:
 * a disk that loses bits changes no times, so that nothing else shows it. A file whose size, times or inode have
 * changed is left to the look at the served folder: it was written.
 */
export class Scrubber {
  readonly #options: ScrubberOptions;
  readonly #nowMs: () => number;
  /** The paths of files that cannot be checked, as was told. */
  readonly #failed = new BoundedMap<string, true>(MAX_FAILED);

  /** Does nothing before `run`. */
  constructor(options: ScrubberOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /** Checks what is due, again and again, until the signal fires. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const lookMs = Math.min(LOOK_MS, this.#options.ageMs ?? Infinity);
    while (!signal.aborted) {
      const isDone = await this.look(signal, lookMs).catch((error) => {
        if (!signal.aborted) this.#options.onError(error);
        return true;
      });
      if (isDone) await pause(lookMs, signal);
    }
  }

  /**
   * Checks each file that is due once, for some time: what is due by then may not be what was due before.
   *
   * @returns whether none is left
   */
  async look(signal: AbortSignal, forMs = Infinity): Promise<boolean> {
    const { held: { holdings }, ageMs } = this.#options;
    holdings.doubtLaterThan(this.#nowMs());
    holdings.doubtWrong(this.#nowMs() - WRONG_AGE_MS);
    const untilMs = performance.now() + forMs;
    const beforeMs = ageMs === null ? 0 : this.#nowMs() - ageMs;
    for (let last: CheckedAt | null = null; performance.now() < untilMs;) {
      await this.#untilIdle(signal);
      if (signal.aborted) return false;
      const file: HeldFile | null = holdings.due(beforeMs, last);
      if (file === null) return true;
      last = file;
      await this.#check(file, signal);
    }
    return false;
  }

  async #untilIdle(signal: AbortSignal): Promise<void> {
    while (this.#options.isBusy() && !signal.aborted) await pause(CLIENTS_MS, signal);
  }

  async #check(file: HeldFile, signal: AbortSignal): Promise<void> {
    const { held: { holdings }, onWrong, onRight, onError } = this.#options;
    const { path, stamp, sha256 } = file;
    const startedMs = this.#nowMs();
    try {
      if (!await this.#isUnchanged(file)) return;
      const found = await this.#hash(file, signal);
      if (!await this.#isUnchanged(file)) return;
      const now = holdings.find(path);
      if (now?.sha256 !== sha256 || !isSameStamp(now.stamp, stamp)) return;
      const isWrong = found !== sha256;
      holdings.setChecked(path, startedMs, isWrong);
      this.#failed.delete(path);
      if (isWrong !== now.isWrong) (isWrong ? onWrong : onRight)({ ...file, isWrong });
    } catch (error) {
      if (signal.aborted || isPassing(error) || this.#failed.get(path)) return;
      this.#failed.set(path, true);
      onError(new Error(`Cannot check ${path}: ${error}`, { cause: error }));
    }
  }

  async #isUnchanged({ path, stamp }: HeldFile): Promise<boolean> {
    const file = await this.#options.held.lookAt(path);
    return file !== null && isSameStamp(file.stamp, stamp);
  }

  /** The SHA-256; `null` if the disk does not give the bytes, so that they are lost as wrong ones are. */
  async #hash({ path, stamp }: HeldFile, signal: AbortSignal): Promise<string | null> {
    const { held, hash } = this.#options;
    try {
      return await hash({ realPath: held.placeOf(path), stamp, isConfined: true }, signal);
    } catch (error) {
      if (error instanceof RequestError && error.code === "internal") return null;
      throw error;
    }
  }
}

/** Whether an error passes by itself, or the look at the served folder sees to it. */
function isPassing(error: unknown): boolean {
  return error instanceof RequestError && ["changed", "not-found", "busy"].includes(error.code);
}
