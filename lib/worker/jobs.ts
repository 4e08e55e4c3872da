import { join } from "../files/path.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { exists } from "../files/exists.ts";
import type { FileStamp } from "../files/file_stamp.ts";
import {
  type CommitResult,
  type FileDetails,
  type FileTarget,
  PartFile,
} from "../files/part_file.ts";
import { dropPart } from "../files/open_part.ts";
import { findPart, type PartialFile } from "../files/part_names.ts";
import { findReceived, type WantedFile } from "../files/find_received.ts";
import { hashLocal } from "../files/hash_local.ts";
import { openSmallLocal } from "../files/small_content.ts";
import { HashedSource, SourceFile } from "../files/source_file.ts";
import { dataArea, type DataLayout, frameCompressed, frameData } from "../protocol/data_frames.ts";
import { orGiveUp, requireOpen } from "./open_files.ts";
import { readSmall, type SmallFile } from "./small_file.ts";
import { ChunkCompressor, inflateChunk } from "./zstd.ts";

/** How to send a file. */
export interface SendPlan {
  readonly layout: DataLayout;
  /** Position in the file of the first byte to send. */
  readonly offset: number;
  /** The position behind the last byte to send. Default: the end of the file. */
  readonly end?: number;
  /** Compute the SHA-256 of the whole file on the way. */
  readonly hashed: boolean;
  /** Compress the frames that become smaller. */
  readonly zstd: boolean;
}

/** A buffer that the worker has filled with data frames. */
export interface FilledBuffer {
  readonly buffer: ArrayBuffer;
  /** Bytes of whole frames, at the start of the buffer. */
  readonly frameBytes: number;
  /** The SHA-256 of the whole file in hex, with its last buffer, if the plan is `hashed`. */
  readonly sha256: string | null;
}

/** The state of a file's destination before a transfer. */
export interface TargetState {
  /** Whether the final name is taken. */
  readonly isTaken: boolean;
  readonly part: PartialFile | null;
}

/** A file that is open to be sent. */
interface Outgoing {
  readonly source: SourceFile | HashedSource;
  readonly plan: SendPlan;
  readonly compressor: ChunkCompressor | null;
}

/**
 * The jobs of a worker, and the files that they hold open in its thread. Each job runs to its end.
 *
 * One file to hash and one to send can be open at a time, and several to receive. Calls run in
 * order, so that a caller with several pending calls gets their results in order.
 */
export class WorkerJobs {
  #hashing: HashedSource | null = null;
  #outgoing: Outgoing | null = null;
  /** By handle: see `FileWorker.newHandle`. */
  readonly #parts = new Map<number, PartFile>();

  /** Starts hashing a file. */
  startHash(file: StoredFile): void {
    this.#hashing = new HashedSource(new SourceFile(file));
  }

  /** Hashes the next slice; returns the SHA-256 in hex after the last one. */
  hashSlice(sliceBytes: number): string | null {
    const source = requireOpen(this.#hashing);
    return source.hashSlice(sliceBytes, Infinity) ? source.digest() : null;
  }

  /** The SHA-256, in hex, of a file small enough to be hashed in one call. */
  hashSmall(file: StoredFile): string {
    const source = new HashedSource(new SourceFile(file));
    try {
      source.hashSlice(Infinity, Infinity);
      return source.digest();
    } finally {
      source.close();
    }
  }

  /** Opens a file to be sent. If the plan is `hashed`, `hashSkippedSlice` must then reach the offset. */
  startSend(file: StoredFile, plan: SendPlan): void {
    const source = new SourceFile(file, plan.end);
    if (!plan.hashed && plan.offset > 0) source.seek(plan.offset);
    this.#outgoing = {
      source: plan.hashed ? new HashedSource(source) : source,
      plan,
      compressor: plan.zstd ? new ChunkCompressor() : null,
    };
  }

  /** Hashes the next slice before the offset; returns the SHA-256 if that is the whole file. */
  hashSkippedSlice(sliceBytes: number): { isDone: boolean; sha256: string | null } {
    const { source, plan } = requireOpen(this.#outgoing);
    if (!(source instanceof HashedSource)) return { isDone: true, sha256: null };
    const isDone = source.hashSlice(sliceBytes, plan.offset);
    const isWhole = isDone && source.leftBytes === 0;
    const sha256 = isWhole ? source.digest() : null;
    if (isWhole) this.endSend();
    return { isDone, sha256 };
  }

  /** Opens a file to be sent, and fills the first buffer. */
  startFilling(file: StoredFile, plan: SendPlan, buffer: ArrayBuffer): FilledBuffer {
    this.startSend(file, plan);
    return this.fillFrames(buffer);
  }

  /** Fills a buffer with data frames. Closes the file after its last byte. */
  fillFrames(buffer: ArrayBuffer): FilledBuffer {
    const { source, plan: { layout }, compressor } = requireOpen(this.#outgoing);
    const area = dataArea(buffer, layout);
    const dataBytes = source.read(area);
    const isLast = source.leftBytes === 0;
    const sha256 = isLast && source instanceof HashedSource ? source.digest() : null;
    if (isLast) this.endSend();
    const compressed = compressor?.compress(area.subarray(0, dataBytes)) ?? null;
    const frameBytes = compressed === null
      ? frameData(buffer, layout, dataBytes)
      : frameCompressed(buffer, compressed);
    return { buffer, frameBytes, sha256 };
  }

  /** Opens and reads a local file; `null` as {@link openSmallLocal}, or if it cannot be read. */
  fetchSmallLocal(path: string, within: string | null): SmallFile | null {
    return readSmall(openSmallLocal(path, within));
  }

  /** See {@link findReceived}. */
  readonly findReceived: typeof findReceived = findReceived;

  /** See {@link hashLocal}. */
  readonly hashLocal: typeof hashLocal = hashLocal;

  /** See {@link dropPart}. */
  dropPart(target: FileTarget): void {
    dropPart(target);
  }

  /** Whether the final name is taken, and the part that an earlier download left. */
  inspectTarget(target: FileTarget): TargetState {
    return { isTaken: exists(join(target.directory, target.name)), part: findPart(target) };
  }

  /**
   * Starts to receive a file, unless it exists already: then returns its path, and later writes are
   * dropped.
   */
  startReceiveMissing(
    handle: number,
    wanted: WantedFile,
    target: FileTarget,
    details: FileDetails,
  ): string | null {
    const received = findReceived(wanted);
    if (received === null) this.startReceive(handle, target, details);
    else dropPart(target);
    return received;
  }

  /** Starts to receive a file from its first byte on. */
  startReceive(handle: number, target: FileTarget, details: FileDetails): void {
    this.openPart(handle, target);
    this.beginReceive(handle, details);
  }

  /** Opens the part of an earlier transfer; returns the number of kept bytes, to be hashed. */
  openPart(handle: number, target: FileTarget): number {
    const file = new PartFile(target);
    this.#parts.set(handle, file);
    return file.lengthBytes;
  }

  /** Hashes the next slice of the kept bytes; `true` after the last one. */
  hashKept(handle: number, sliceBytes: number): boolean {
    return this.#withPart(handle, (file) => file.hashKept(sliceBytes)) ?? true;
  }

  /** Sets the properties of the file whose part is open. */
  beginReceive(handle: number, details: FileDetails): void {
    this.#withPart(handle, (file) => file.begin(details));
  }

  /** Writes received bytes, and returns their buffer. */
  write(handle: number, bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
    this.#withPart(handle, (file) => file.write(bytes));
    return bytes.buffer;
  }

  /** As `write`, for bytes that are hashed in another thread, and belong at `position`. */
  writeHashed(handle: number, bytes: Uint8Array<ArrayBuffer>, position: number): ArrayBuffer {
    this.#withPart(handle, (file) => file.writeHashed(bytes, position));
    return bytes.buffer;
  }

  /** Inflates and writes the payload of an FZST frame; returns the number of inflated bytes. */
  writeZstd(handle: number, payload: Uint8Array): number {
    return this.#withPart(handle, (file) => {
      const bytes = inflateChunk(payload);
      file.write(bytes);
      return bytes.length;
    }) ?? 0;
  }

  /** See {@link PartFile.verify}. */
  verify(handle: number, sha256: string, hashedAs?: string): FileStamp | "wrong" {
    const verified = requireOpen(this.#parts.get(handle) ?? null).verify(sha256, hashedAs);
    if (verified === "wrong") this.#parts.delete(handle);
    return verified;
  }

  /** See {@link PartFile.commit}. */
  commit(handle: number, sha256: string, hashedAs?: string): CommitResult {
    const file = requireOpen(this.#parts.get(handle) ?? null);
    this.#parts.delete(handle);
    return file.commit(sha256, hashedAs);
  }

  /** Receives a whole file in one call. */
  store(
    target: FileTarget,
    details: FileDetails,
    bytes: Uint8Array,
    sha256: string,
  ): CommitResult {
    const file = new PartFile(target);
    orGiveUp(file, () => {
      file.begin(details, false);
      file.write(bytes);
    });
    return file.commit(sha256);
  }

  /** Ends the hashing of a file. */
  endHash(): void {
    this.#hashing?.close();
    this.#hashing = null;
  }

  /** Ends the sending of a file. */
  endSend(): void {
    this.#outgoing?.source.close();
    this.#outgoing = null;
  }

  /** Ends the receiving of a file. Its part is left behind, or removed if `discard` is set. */
  endReceive(handle: number, discard: boolean): void {
    const file = this.#parts.get(handle);
    this.#parts.delete(handle);
    if (discard) file?.discard();
    else file?.close();
  }

  /** Closes all files that are being received. Their parts are left behind. */
  closeAll(): void {
    for (const handle of [...this.#parts.keys()]) this.endReceive(handle, false);
  }

  /** Closes all files: no more calls come from this worker. */
  endSeat(): void {
    this.endHash();
    this.endSend();
    this.closeAll();
  }

  /**
   * Runs `work` on an open part. Calls for a handle without one are ignored: the part could not be
   * opened or written, or the file exists already. An error closes the part.
   */
  #withPart<T>(handle: number, work: (file: PartFile) => T): T | undefined {
    const file = this.#parts.get(handle);
    if (file === undefined) return undefined;
    try {
      return orGiveUp(file, () => work(file));
    } catch (error) {
      this.#parts.delete(handle);
      throw error;
    }
  }
}
