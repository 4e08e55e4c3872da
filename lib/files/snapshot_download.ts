import { createHash } from "node:crypto";
import { removeDatabase } from "./remove_quietly.ts";

/** A snapshot that arrives in pieces, in a file of mode 0600. Disposal removes the file. */
export class SnapshotDownload implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #hash = createHash("sha256");
  #isOpen = true;

  /** Replaces a file that is there. @throws the system's error */
  constructor(path: string) {
    this.path = path;
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
  }

  /** Adds the next bytes. @throws the system's error */
  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }

  /** Ends it; returns the SHA-256 of all bytes, in hex. */
  finish(): string {
    this.#close();
    return this.#hash.digest("hex");
  }

  [Symbol.dispose](): void {
    this.#close();
    removeDatabase(this.path);
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }
}
