import { basename, dirname } from "../files/path.ts";
import { hash } from "node:crypto";
import { readLocal, ServedReader } from "../files/batch_source.ts";
import { type FileStamp, packStamps } from "../files/file_stamp.ts";
import { hashFound } from "../files/hash_found.ts";
import { makeMissingSync } from "../files/folders.ts";
import { type BatchTargets, inspectTargets, type TargetsFound } from "../files/inspect_targets.ts";
import type { PathResolver } from "../files/path_resolver.ts";
import type { ServedFolder } from "../files/served_folder.ts";
import { RealPaths } from "../files/real_paths.ts";
import { type BatchOutcome, type ReceivedContent, storeBatch } from "../files/store_batch.ts";
import { storeUploads, type UploadedBatch } from "../files/upload_batch.ts";
import { type BatchHead, sha256At } from "../protocol/batch_head.ts";
import { DATA_TYPE_CODE, HEADER_BYTES, writeHeader } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { freeBytes } from "../stream/frames/free_bytes.ts";

/** The files that an MGET asks for. A path that is `null` is answered as one to ask for alone. */
export interface WantedFiles {
  readonly paths: readonly (string | null)[];
  /** By file: the SHA-256 of what the client has, in hex. */
  readonly have: readonly (string | null)[];
  /** Whether no content is wanted. */
  readonly compare: boolean;
  /** The largest payload of a data frame. */
  readonly frameBytes: number;
}

/** The answer to an MGET, but for FEND. */
export interface PackedFiles {
  /** The contents, in data frames. */
  readonly buffer: ArrayBuffer;
  readonly head: BatchHead;
  /** By file: its stamp, where it was read. Packed: see `packStamps`. */
  readonly stamps: Float64Array<ArrayBuffer>;
}

/** The contents of the files of a batch, and what else is known of each. */
interface BatchContents {
  readonly sizes: readonly number[];
  readonly mtimes: readonly number[];
  /** 64 hex digits for each file. */
  readonly sha256: string;
  /** The files that those may execute that may read them, by their index. */
  readonly exec: readonly number[];
  /** The contents of all, one behind the other. */
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The files of a batch that was received. */
export interface ReceivedBatch extends BatchContents {
  /** Their final paths. */
  readonly files: readonly string[];
  /** The folder in whose private folder the parts lie; it is made if missing. */
  readonly base: string;
  readonly replace: boolean;
}

/** What came of the files of a batch, in a form that costs the receiving isolate little. */
export interface StoredBatch {
  /** By file. */
  readonly results: readonly BatchOutcome["result"][];
  /** The paths that are others than was asked for. */
  readonly paths: readonly (readonly [index: number, path: string])[];
  /** Where files are replaced, those that were stored: see `identityOf`. */
  readonly identities: readonly string[];
}

/** The files of an MPUT. */
export interface UploadBatch extends BatchContents {
  /** `null` for one that the client may not upload to. */
  readonly paths: readonly (string | null)[];
  /** By file: whether the client may read it. */
  readonly readable: readonly boolean[];
  readonly replace: boolean;
}

/** Local files to be sent together. */
export interface LocalFiles {
  readonly paths: readonly string[];
  /** By file: the real path of a folder that it must lie in; `null` for any. */
  readonly within: readonly (string | null)[];
  /** The largest payload of a data frame. */
  readonly frameBytes: number;
}

/** Local files that are read. */
export interface PackedLocal {
  /** The contents, in data frames. */
  readonly buffer: ArrayBuffer;
  /** The files that are packed, by their index. */
  readonly packed: readonly number[];
  readonly sizes: readonly number[];
  readonly mtimes: readonly number[];
  /** 64 hex digits for each of these. */
  readonly sha256: string;
  /** Those of these that their owners may execute, by their place among them. */
  readonly exec: readonly number[];
}

/** Content on its way into a frame. Shared by all batches of a thread: a job runs to its end. */
let scratch: Uint8Array<ArrayBuffer> | null = null;

/** The jobs of a worker that work on many small files at a time. Each runs to its end. */
export class BatchJobs {
  readonly #resolver: PathResolver;

  /** @param resolver shared by the workers of a thread */
  constructor(resolver: PathResolver) {
    this.#resolver = resolver;
  }

  /** Reads, hashes and frames the files of an MGET. */
  packFiles(served: ServedFolder, { paths, have, compare, frameBytes }: WantedFiles): PackedFiles {
    const area = scratch ??= new Uint8Array(LIMITS.batchBytes);
    const reader = new ServedReader(this.#resolver, served);
    const same: number[] = [];
    const alone: number[] = [];
    const stamps: (FileStamp | null)[] = [];
    const sizes: number[] = [];
    const mtimes: number[] = [];
    const hashes: string[] = [];
    let used = 0;
    for (const [i, path] of paths.entries()) {
      const into = area.subarray(used, used + LIMITS.batchFileBytes);
      const stamp = path === null ? null : reader.read(path, into);
      const sha256 = stamp === null ? null : hash("sha256", into.subarray(0, stamp.sizeBytes));
      stamps.push(stamp);
      if (sha256 !== null && sha256 === have[i]) same.push(i);
      else if (stamp === null || sha256 === null || compare) alone.push(i);
      else {
        sizes.push(stamp.sizeBytes);
        mtimes.push(stamp.modifiedMs);
        hashes.push(sha256);
        used += stamp.sizeBytes;
      }
    }
    const head: BatchHead = { same, alone, sizes, mtimes, sha256: hashes.join("") };
    return {
      buffer: dataFrames(area.subarray(0, used), frameBytes),
      head,
      stamps: packStamps(stamps),
    };
  }

  /** Reads, hashes and frames local files, as far as they can be read and fit. */
  packLocal({ paths, within, frameBytes }: LocalFiles): PackedLocal {
    const area = scratch ??= new Uint8Array(LIMITS.batchBytes);
    const packed: number[] = [];
    const exec: number[] = [];
    const sizes: number[] = [];
    const mtimes: number[] = [];
    const hashes: string[] = [];
    const folders = new Set<string>();
    const realPaths = new RealPaths();
    let used = 0;
    for (const [i, path] of paths.entries()) {
      const into = area.subarray(used, used + LIMITS.batchFileBytes);
      const read = readLocal(path, within[i] ?? null, { into, realPaths });
      if (read === null) continue;
      const { stamp } = read;
      if (read.folder !== null) folders.add(read.folder);
      if (read.isExecutable) exec.push(packed.length);
      packed.push(i);
      sizes.push(stamp.sizeBytes);
      mtimes.push(stamp.modifiedMs);
      hashes.push(hash("sha256", into.subarray(0, stamp.sizeBytes)));
      used += stamp.sizeBytes;
    }
    // Each file then goes alone, and is looked at by itself
    const afterwards = new RealPaths();
    if (![...folders].every((folder) => afterwards.isReal(folder))) return nothingPacked();
    const buffer = dataFrames(area.subarray(0, used), frameBytes);
    return { buffer, packed, sizes, mtimes, sha256: hashes.join(""), exec };
  }

  /** See {@link hashFound}. */
  readonly hashFound: typeof hashFound = hashFound;

  /** See {@link storeUploads}. Frees the content. */
  storeUploads(
    served: ServedFolder,
    { paths, readable, replace, ...batch }: UploadBatch,
  ): UploadedBatch {
    const files = contentsOf(batch).map((content, i) => {
      const path = paths[i] ?? null;
      return path === null ? null : { ...content, path, isReadable: readable[i] ?? false };
    });
    const stored = storeUploads(this.#resolver, served, files, replace);
    freeBytes(batch.content.buffer);
    return stored;
  }

  /** See {@link inspectTargets}. */
  inspectTargets(targets: BatchTargets): TargetsFound {
    return inspectTargets(targets);
  }

  /** See {@link storeBatch}. Frees the content. */
  storeFiles({ base, replace, files: paths, ...batch }: ReceivedBatch): StoredBatch {
    makeMissingSync(base);
    const files = contentsOf(batch).map((content, i) => {
      const path = paths[i] ?? "";
      return { ...content, directory: dirname(path), name: basename(path) };
    });
    const outcomes = storeBatch(files, { base, ifTaken: replace ? "replace" : "number" });
    freeBytes(batch.content.buffer);
    const others: [number, string][] = [];
    const identities: string[] = [];
    for (const [i, outcome] of outcomes.entries()) {
      if (!("path" in outcome)) continue;
      if (outcome.path !== paths[i]) others.push([i, outcome.path]);
      if (outcome.result === "stored" && outcome.identity !== null) {
        identities.push(outcome.identity);
      }
    }
    const results = outcomes.map(({ result }) => result);
    return { results, paths: others, identities };
  }
}

/** Made anew each time: its buffer is transferred to the caller's thread. */
function nothingPacked(): PackedLocal {
  return { buffer: new ArrayBuffer(0), packed: [], sizes: [], mtimes: [], sha256: "", exec: [] };
}

/** Content in data frames of at most so many bytes. */
function dataFrames(content: Uint8Array, frameBytes: number): ArrayBuffer {
  const frames = content.length === 0 ? 0 : Math.ceil(content.length / frameBytes);
  const framed = new Uint8Array(content.length + frames * HEADER_BYTES);
  const view = new DataView(framed.buffer);
  for (let from = 0, to = 0; from < content.length; from += frameBytes) {
    const payload = content.subarray(from, from + frameBytes);
    writeHeader(view, to, DATA_TYPE_CODE, payload.length);
    framed.set(payload, to + HEADER_BYTES);
    to += HEADER_BYTES + payload.length;
  }
  return framed.buffer;
}

function contentsOf(
  { sizes, mtimes, sha256, exec, content }: BatchContents,
): ReceivedContent[] {
  const executable = new Set(exec);
  let at = 0;
  return sizes.map((size, i) => {
    const start = at;
    at += size;
    return {
      bytes: content.subarray(start, at),
      modifiedMs: mtimes[i] ?? null,
      sha256: sha256At(sha256, i),
      isExecutable: executable.has(i),
    };
  });
}
