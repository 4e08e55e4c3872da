import { join } from "@std/path";
import type { FileTarget } from "../../files/part_file.ts";
import { RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** A path that an upload is under way to. */
interface UploadLock {
  /** Names the upload; the same one comes again when its client has lost the connection. */
  readonly partPath: string;
  /** Ends the upload. */
  readonly cancel: AbortController;
  /** For how long nothing has come of it, in milliseconds. */
  readonly stalledMs: () => number;
  readonly released: Promise<void>;
}

/**
 * Who is writing which path: two uploads to the same one never mix.
 *
 * The same upload, come again over another connection, takes the place of the former: that one's
 * client is gone, or does not mean it any more. So does any other one of an upload that has stood
 * still for long, since its client may be the same one, come again without a key. One that has been
 * given up is waited for: it ends soon.
 */
export class UploadLocks {
  readonly #claims = new Map<string, UploadLock>();

  /**
   * Runs `work` while nobody else may write to where `target` ends up.
   *
   * @param cancel ends `work`; fired when the upload has to give way
   * @param stalledMs for how long nothing has come of it
   * @throws {RequestError} `busy` while another upload goes there; what `work` throws
   */
  async withLock<T>(
    { directory, name, partPath }: FileTarget,
    cancel: AbortController,
    stalledMs: () => number,
    work: () => Promise<T>,
  ): Promise<T> {
    const path = join(directory, name);
    for (let other = this.#claims.get(path); other; other = this.#claims.get(path)) {
      if (!other.cancel.signal.aborted) takeOver(other, partPath);
      await other.released;
    }
    const { promise: released, resolve } = Promise.withResolvers<void>();
    this.#claims.set(path, { partPath, cancel, stalledMs, released });
    try {
      return await work();
    } finally {
      this.#claims.delete(path);
      resolve();
    }
  }

  /** Ends the uploads that have stood still for long: others wait for the threads that they hold. */
  cancelStalled(): void {
    for (const claim of this.#claims.values()) {
      const { cancel } = claim;
      if (cancel.signal.aborted || !hasStalled(claim)) continue;
      cancel.abort(new RequestError("busy", "Cannot go on: it stood still, and others wait"));
    }
  }
}

/** Ends an upload that has to give way to one with another part. @throws {RequestError} `busy` */
function takeOver(claim: UploadLock, newPartPath: string): void {
  const isSame = claim.partPath === newPartPath;
  if (!isSame && !hasStalled(claim)) throw new RequestError("busy");
  const why = isSame ? "the same upload has come again" : "another upload takes the place";
  claim.cancel.abort(new RequestError("busy", `Cannot go on: ${why}`));
}

function hasStalled({ stalledMs }: UploadLock): boolean {
  return stalledMs() >= LIMITS.stalledUploadMs;
}
