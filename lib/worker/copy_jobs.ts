import type { StoredFile } from "../files/directory_store.ts";
import {
  type CommitResult,
  type FileDetails,
  type FileTarget,
  PartFile,
} from "../files/part_file.ts";
import { HASH_BUFFER_BYTES, SourceFile } from "../files/source_file.ts";

/** A file that is being copied. */
interface Copy {
  readonly source: SourceFile;
  readonly part: PartFile;
}

/** The jobs of a worker that copy a file of its disk, one at a time. Each job runs to its end. */
export class CopyJobs {
  #copy: Copy | null = null;

  /** Opens a file to be copied, and the part that it is copied to. */
  startCopy(file: StoredFile, target: FileTarget, details: FileDetails): void {
    const source = new SourceFile(file);
    try {
      const part = new PartFile(target);
      this.#copy = { source, part };
      part.begin(details, false);
    } catch (error) {
      if (this.#copy === null) source.close();
      this.endCopy();
      throw error;
    }
  }

  /** Copies the next slice, and hashes what it writes; returns whether that was the last one. */
  copySlice(sliceBytes: number): boolean {
    const { source, part } = this.#requireCopy();
    const buffer = new Uint8Array(Math.min(HASH_BUFFER_BYTES, source.leftBytes));
    for (let left = sliceBytes; left > 0 && source.leftBytes > 0;) {
      const count = source.read(buffer.subarray(0, left));
      part.write(buffer.subarray(0, count));
      left -= count;
    }
    return source.leftBytes === 0;
  }

  /** Gives the copy its name, if it has this hash. See {@link PartFile.commit}. */
  finishCopy(sha256: string): CommitResult {
    const { source, part } = this.#requireCopy();
    this.#copy = null;
    source.close();
    return part.commit(sha256);
  }

  /** Ends a copy that is not finished, and removes what there is of it. */
  endCopy(): void {
    this.#copy?.source.close();
    this.#copy?.part.discard();
    this.#copy = null;
  }

  #requireCopy(): Copy {
    if (this.#copy === null) throw new Error("Cannot copy the file: it is not open");
    return this.#copy;
  }
}
