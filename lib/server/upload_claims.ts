import { join } from "@std/path";
import type { FileTarget } from "../files/part_file.ts";
import { RequestError } from "../protocol/errors.ts";

/** A path that an upload is under way to. */
interface Claim {
  /** Names the upload; the same one comes again when its client has lost the connection. */
  readonly partPath: string;
  /** Ends the upload. */
  readonly cancel: AbortController;
  readonly released: Promise<void>;
}

/**
 * Who is writing which path: two uploads to the same one never mix.
 *
 * The same upload, come again over another connection, takes the place of the former: that one's
 * client is gone, or does not mean it any more. One that has been given up is waited for: it ends
 * soon.
 */
export class UploadClaims {
  readonly #claims = new Map<string, Claim>();

  /**
   * Runs `work` while nobody else may write to where `target` ends up.
   *
   * @param cancel ends `work`; fired when the same upload has come again
   * @throws {RequestError} `busy` while another upload goes there; what `work` throws
   */
  async hold<T>(
    { directory, name, partPath }: FileTarget,
    cancel: AbortController,
    work: () => Promise<T>,
  ): Promise<T> {
    const path = join(directory, name);
    for (let other = this.#claims.get(path); other; other = this.#claims.get(path)) {
      if (!other.cancel.signal.aborted) takeOver(other, partPath);
      await other.released;
    }
    const { promise: released, resolve } = Promise.withResolvers<void>();
    this.#claims.set(path, { partPath, cancel, released });
    try {
      return await work();
    } finally {
      this.#claims.delete(path);
      resolve();
    }
  }
}

/** Ends an upload that has come again, by the path of its part. @throws {RequestError} `busy` */
function takeOver({ partPath, cancel }: Claim, newPartPath: string): void {
  if (partPath !== newPartPath) throw new RequestError("busy");
  cancel.abort(new RequestError("busy", "Cannot go on: the same upload has come again"));
}
