import type { StoredFile } from "../files/directory_store.ts";
import { type FileTarget, findReceived, PartFile } from "../files/part_file.ts";
import { SourceFile, SourceHasher } from "../files/source_file.ts";
import { dataArea, frameData } from "../protocol/data_frames.ts";

/** A buffer that came back full. */
export interface FilledBuffer {
  readonly buffer: ArrayBuffer;
  /** Bytes of whole frames, from the front of the buffer. */
  readonly frameBytes: number;
  /** Bytes of the file among them. */
  readonly dataBytes: number;
}

/**
 * What a client's worker does, each job to its end: the thread's own state and its calls.
 *
 * One thing at a time is open: a file to hash, a file to send, or a file to receive. Calls are
 * carried out in order, so a caller that has several under way gets their results in order.
 */
export class WorkerJobs {
  #hasher: SourceHasher | null = null;
  #source: SourceFile | null = null;
  #part: PartFile | null = null;

  /** Starts hashing a file. */
  startHash(file: StoredFile): void {
    this.#hasher = new SourceHasher(new SourceFile(file));
  }

  /** Hashes some more; the SHA-256 in hex once the file is done. */
  hashSlice(sliceBytes: number): string | null {
    return opened(this.#hasher).hashSlice(sliceBytes);
  }

  /** Starts sending a file: opens it and fills the first buffer. */
  startSend(file: StoredFile, buffer: ArrayBuffer): FilledBuffer {
    this.#source = new SourceFile(file);
    return this.fillFrames(buffer);
  }

  /** Fills a buffer with data frames. With the last byte, the file is closed. */
  fillFrames(buffer: ArrayBuffer): FilledBuffer {
    const source = opened(this.#source);
    const dataBytes = source.read(dataArea(buffer));
    if (source.leftBytes === 0) this.close(false);
    return { buffer, frameBytes: frameData(buffer, dataBytes), dataBytes };
  }

  /** Starts receiving a file, unless it is there already: then its path is returned. */
  startReceive(target: FileTarget): string | null {
    const received = findReceived(target);
    if (received === null) this.#part = new PartFile(target);
    return received;
  }

  /**
   * Writes received bytes, and gives their buffer back. What comes when there is no part, since it
   * is there already or could not be opened or written, is dropped.
   */
  write(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
    try {
      this.#part?.write(bytes);
    } catch (error) {
      this.close(false);
      throw error;
    }
    return bytes.buffer;
  }

  /** Verifies and names the received file; `null` if it is not what was promised. */
  commit(): string | null {
    const part = this.#part;
    this.#part = null;
    return part?.commit() ?? null;
  }

  /** Ends whatever is open. A part is left behind, or removed with `discard`. */
  close(discard: boolean): void {
    this.#hasher?.close();
    this.#source?.close();
    if (discard) this.#part?.discard();
    else this.#part?.close();
    this.#hasher = null;
    this.#source = null;
    this.#part = null;
  }
}

/** What a job that came before has opened. */
function opened<T>(thing: T | null): T {
  if (thing === null) throw new Error("Cannot do the job: the one that opens the file failed");
  return thing;
}

/** A method of {@link WorkerJobs}. */
export type JobName = {
  [K in keyof WorkerJobs]: WorkerJobs[K] extends (...args: never[]) => unknown ? K : never;
}[keyof WorkerJobs];

/** What is posted to the worker. */
export interface JobRequest {
  readonly id: number;
  readonly name: JobName;
  readonly args: unknown[];
}

/** An error on its way between threads, where only plain data travels. */
export interface PlainError {
  readonly kind: "request" | "disk" | "other";
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** What is posted back. */
export type JobReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError };
