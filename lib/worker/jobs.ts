import { join } from "@std/path";
import { exists } from "../files/exists.ts";
import type { StoredFile } from "../files/directory_store.ts";
import {
  type CommitResult,
  dropPart,
  type FileDetails,
  type FileTarget,
  PartFile,
} from "../files/part_file.ts";
import { findPart, type PartialFile } from "../files/part_names.ts";
import { findReceived, type WantedFile } from "../files/received_file.ts";
import { openSmall, openSmallLocal } from "../files/small_content.ts";
import { HashedSource, SourceFile } from "../files/source_file.ts";
import { dataArea, type DataLayout, frameCompressed, frameData } from "../protocol/data_frames.ts";
import { readSmall, type SmallFile } from "./small_file.ts";
import { ChunkCompressor, inflateChunk } from "./zstd.ts";

/** Bytes hashed per call: about 20 ms, in which the worker hears nothing. */
export const HASH_SLICE_BYTES = 32 * 1024 * 1024;

/** How a file is to be sent. */
export interface SendPlan {
  readonly layout: DataLayout;
  /** Where in the file the data begins. */
  readonly offset: number;
  /** Compute the SHA-256 of the whole file on the way. */
  readonly hashed: boolean;
  /** Compress the frames where that makes them smaller. */
  readonly zstd: boolean;
}

/** A buffer that came back full. */
export interface FilledBuffer {
  readonly buffer: ArrayBuffer;
  /** Bytes of whole frames, from the front of the buffer. */
  readonly frameBytes: number;
  /** The SHA-256 of the whole file in hex, with its last buffer, where the plan wants it. */
  readonly sha256: string | null;
}

/** What there is already where a file is to go. */
export interface TargetState {
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
 * What a client's worker does, each job to its end: the thread's own state and its calls.
 *
 * One file to hash and one to send can be open at a time, and several to receive. Calls are
 * carried out in order, so a caller that has several under way gets their results in order.
 */
export class WorkerJobs {
  #hashing: HashedSource | null = null;
  #outgoing: Outgoing | null = null;
  /** By the numbers that their owners gave them. */
  readonly #parts = new Map<number, PartFile>();

  /** Starts hashing a file. */
  startHash(file: StoredFile): void {
    this.#hashing = new HashedSource(new SourceFile(file));
  }

  /** Hashes some more; the SHA-256 in hex once the file is done. */
  hashSlice(sliceBytes: number): string | null {
    const source = opened(this.#hashing);
    const isDone = source.hashSlice(sliceBytes, Infinity);
    return isDone ? source.digest() : null;
  }

  /** The SHA-256, in hex, of a file that is small enough to be hashed at once. */
  hashSmall(file: StoredFile): string {
    const source = new HashedSource(new SourceFile(file));
    try {
      source.hashSlice(Infinity, Infinity);
      return source.digest();
    } finally {
      source.close();
    }
  }

  /** Opens a file to be sent. With a hash, `skipSlice` leads to the offset. */
  startSend(file: StoredFile, plan: SendPlan): void {
    const source = new SourceFile(file);
    if (!plan.hashed && plan.offset > 0) source.seek(plan.offset);
    this.#outgoing = {
      source: plan.hashed ? new HashedSource(source) : source,
      plan,
      compressor: plan.zstd ? new ChunkCompressor() : null,
    };
  }

  /** Hashes some more of what comes before the offset; the SHA-256 if that is the whole file. */
  skipSlice(sliceBytes: number): { isDone: boolean; sha256: string | null } {
    const { source, plan } = opened(this.#outgoing);
    if (!(source instanceof HashedSource)) return { isDone: true, sha256: null };
    const isDone = source.hashSlice(sliceBytes, plan.offset);
    const isWhole = isDone && source.leftBytes === 0;
    const sha256 = isWhole ? source.digest() : null;
    if (isWhole) this.endSend();
    return { isDone, sha256 };
  }

  /** Opens a file to be sent from its first byte on, and fills the first buffer. */
  startFilling(file: StoredFile, plan: SendPlan, buffer: ArrayBuffer): FilledBuffer {
    this.startSend(file, plan);
    return this.fillFrames(buffer);
  }

  /** Fills a buffer with data frames. With the last byte, the file is closed. */
  fillFrames(buffer: ArrayBuffer): FilledBuffer {
    const { source, plan: { layout }, compressor } = opened(this.#outgoing);
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

  /** Finds and reads a served file, if it is small and can be had: {@link openSmall}. */
  fetchSmall(root: string, path: string): SmallFile | null {
    return readSmall(openSmall(root, path));
  }

  /** The same for a file of this machine: {@link openSmallLocal}. */
  fetchSmallLocal(path: string): SmallFile | null {
    return readSmall(openSmallLocal(path));
  }

  /** Finds a file that is there already, and is the wanted one. */
  findReceived(wanted: WantedFile): string | null {
    return findReceived(wanted);
  }

  /** Removes what an earlier download left of a file that is there by now. */
  dropPart({ partPath }: FileTarget): void {
    dropPart(partPath);
  }

  /** Whether a name is taken, and what an earlier download left behind. */
  inspectTarget({ directory, name, partPath }: FileTarget): TargetState {
    return { isTaken: exists(join(directory, name)), part: findPart(partPath) };
  }

  /**
   * Starts receiving a file unless it is there already: then its path is returned, and what is
   * written is dropped.
   */
  startReceiveMissing(
    part: number,
    wanted: WantedFile,
    target: FileTarget,
    details: FileDetails,
  ): string | null {
    const received = findReceived(wanted);
    if (received === null) this.startReceive(part, target, details);
    else dropPart(target.partPath);
    return received;
  }

  /** Starts receiving a file of which nothing is kept. */
  startReceive(part: number, target: FileTarget, details: FileDetails): void {
    this.openPart(part, target);
    this.beginReceive(part, details);
  }

  /** Opens what an earlier transfer left; how much of it is kept, to be hashed first. */
  openPart(part: number, target: FileTarget): number {
    const file = new PartFile(target);
    this.#parts.set(part, file);
    return file.lengthBytes;
  }

  /** Hashes some more of what was kept; `true` once that is done. */
  hashKept(part: number, sliceBytes: number): boolean {
    return this.#withPart(part, (file) => file.hashKept(sliceBytes)) ?? true;
  }

  /** Says what the file is whose part is open. */
  beginReceive(part: number, details: FileDetails): void {
    this.#withPart(part, (file) => file.begin(details));
  }

  /** Writes received bytes, and gives their buffer back. */
  write(part: number, bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
    this.#withPart(part, (file) => file.write(bytes));
    return bytes.buffer;
  }

  /** Inflates and writes; how many bytes that were. */
  writeZstd(part: number, payload: Uint8Array): number {
    return this.#withPart(part, (file) => {
      const bytes = inflateChunk(payload);
      file.write(bytes);
      return bytes.length;
    }) ?? 0;
  }

  /** Verifies and names the received file. */
  commit(part: number, sha256: string): CommitResult {
    const file = opened(this.#parts.get(part) ?? null);
    this.#parts.delete(part);
    return file.commit(sha256);
  }

  /** Receives a whole file at once. */
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

  /** Ends the receiving of a file. Its part is left behind, or removed with `discard`. */
  endReceive(part: number, discard: boolean): void {
    const file = this.#parts.get(part);
    this.#parts.delete(part);
    if (discard) file?.discard();
    else file?.close();
  }

  /** Ends the receiving of all files. Their parts are left behind. */
  endAll(): void {
    for (const part of [...this.#parts.keys()]) this.endReceive(part, false);
  }

  /**
   * Works on a part that is open. What comes for another is dropped: it could not be opened or
   * written, or is there already. After an error the part is open no more.
   */
  #withPart<T>(part: number, work: (file: PartFile) => T): T | undefined {
    const file = this.#parts.get(part);
    if (file === undefined) return undefined;
    try {
      return orGiveUp(file, () => work(file));
    } catch (error) {
      this.#parts.delete(part);
      throw error;
    }
  }
}

function orGiveUp<T>(file: PartFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    file.giveUp();
    throw error;
  }
}

/** What a job that came before has opened. */
function opened<T>(thing: T | null): T {
  if (thing === null) throw new Error("Cannot do the job: the one that opens the file failed");
  return thing;
}
