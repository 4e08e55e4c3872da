import { join } from "./path.ts";
import { hash, randomUUID } from "node:crypto";
import { type ConflictPolicy, moveToName } from "./commit_name.ts";
import { exists } from "./exists.ts";
import { type FileStamp, stampOf } from "./file_stamp.ts";
import { findReceived } from "./find_received.ts";
import { syncFolder } from "./folders.ts";
import { keepAttributes, makeExecutable } from "./keep_attributes.ts";
import { BATCH_SUFFIX } from "./part_names.ts";
import { sweepOldPartsOnce } from "./old_parts.ts";
import { removeQuietly } from "./remove_quietly.ts";
import { identityOf } from "./served_folder.ts";
import { makeWorkFolder, removeWorkFolder } from "./work_folder.ts";

/** Files of a batch that are open at a time, and made durable together. */
const GROUP_FILES = 64;
/** How often a private folder is made again that the end of another transfer removes. */
const MAX_FOLDER_RACES = 100;

/** The whole content of a small file that was received, and what else is known of it. */
export interface ReceivedContent {
  readonly bytes: Uint8Array;
  /** Time of modification to set, milliseconds since 1970; `null` for the time of writing. */
  readonly modifiedMs: number | null;
  /** In hex, lower case. */
  readonly sha256: string;
  /** Lets those execute the file that may read it. Default: gives that right to none. */
  readonly isExecutable?: boolean;
}

/** A whole small file that was received. */
export interface ReceivedFile extends ReceivedContent {
  /** An existing folder. */
  readonly directory: string;
  /** One checked component. */
  readonly name: string;
}

/** How a batch is stored. */
export interface BatchPolicy {
  /** The existing folder in whose private folder the parts lie, on the file system of all names. */
  readonly base: string;
  readonly ifTaken: ConflictPolicy;
  /** Called before names are given, and may make their folders. @throws if the places are not what they were */
  readonly check?: () => void;
}

/**
 * What came of a file: `stored` or `same` (it was there already), with its path; `wrong` if the content is
 * not that of its hash, `taken` if its name is, `made` if the same batch has made the file there, `failed`
 * if the disk fails.
 */
export type BatchOutcome =
  | {
    readonly result: "stored";
    readonly path: string;
    /** The state in which it was stored. */
    readonly stamp: FileStamp;
    /** Where others are replaced; else `null`. */
    readonly identity: string | null;
  }
  | {
    readonly result: "same";
    readonly path: string;
  }
  | { readonly result: "wrong" | "taken" | "made" | "failed" };

const WRONG: BatchOutcome = { result: "wrong" };
const TAKEN: BatchOutcome = { result: "taken" };
const MADE: BatchOutcome = { result: "made" };
const FAILED: BatchOutcome = { result: "failed" };

/** A verified file on its way. */
interface Part {
  readonly received: ReceivedFile;
  readonly path: string;
  /** Open, and locked against those that remove what transfers have left. */
  readonly file: Deno.FsFile;
  isNamed: boolean;
}

/**
 * Stores many small files: each is verified, written and synced before one of its group gets its name,
 * and then the folders are synced. Synchronous, for use in a worker.
 *
 * Never throws. Once the disk has failed, the files behind fail, too: each is to be received on its own,
 * which tells the reason.
 */
export function storeBatch(files: readonly ReceivedFile[], policy: BatchPolicy): BatchOutcome[] {
  const store = new BatchStore(policy);
  const outcomes: BatchOutcome[] = [];
  for (let at = 0; at < files.length; at += GROUP_FILES) {
    outcomes.push(...store.store(files.slice(at, at + GROUP_FILES)));
  }
  store.end();
  return outcomes;
}

class BatchStore {
  readonly #policy: BatchPolicy;
  readonly #made = new Set<string>();
  #folder: string | null = null;
  #hasFailed = false;

  constructor(policy: BatchPolicy) {
    this.#policy = policy;
  }

  store(files: readonly ReceivedFile[]): BatchOutcome[] {
    const written = files.map((received) =>
      hash("sha256", received.bytes, "hex") === received.sha256
        ? this.#unlessFailed(() => this.#write(received))
        : "wrong"
    );
    const parts = this.#synced(written);
    const isRight = parts.some(isWritten) && this.#try(() => this.#policy.check?.()) !== null;
    const outcomes = parts.map((part) => {
      if (part === "wrong") return WRONG;
      return part === null || !isRight ? FAILED : this.#try(() => this.#name(part)) ?? FAILED;
    });
    for (const part of parts.filter(isWritten)) end(part);
    return this.#sync(files, outcomes);
  }

  /** Removes the private folder, unless another transfer is at work. */
  end(): void {
    if (this.#folder !== null) removeWorkFolder(this.#folder);
  }

  #write(received: ReceivedFile): Part {
    const part = this.#open(received);
    try {
      const { bytes, modifiedMs, isExecutable = false } = received;
      for (let at = 0; at < bytes.length;) at += part.file.writeSync(bytes.subarray(at));
      if (modifiedMs !== null) part.file.utimeSync(new Date(), new Date(modifiedMs));
      if (isExecutable) makeExecutable(part.path);
      return part;
    } catch (error) {
      end(part);
      throw error;
    }
  }

  /**
   * Makes parts durable: one write of the file system's journal is enough for what is there by then. One that cannot be
   * made so is removed, as are those behind it; `null` stands in their places.
   */
  #synced(written: readonly (Part | "wrong" | null)[]): (Part | "wrong" | null)[] {
    let isDurable = true;
    return written.map((part) => {
      if (!isWritten(part)) return part;
      isDurable &&= this.#try(() => part.file.syncSync()) !== null;
      if (!isDurable) end(part);
      return isDurable ? part : null;
    });
  }

  #open(received: ReceivedFile): Part {
    for (let races = 0;; races++) {
      const folder = this.#folder ??= this.#makeFolder();
      const path = join(folder, randomUUID() + BATCH_SUFFIX);
      try {
        const file = Deno.openSync(path, { write: true, createNew: true });
        file.tryLockSync(true);
        return { received, path, file, isNamed: false };
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound) || races === MAX_FOLDER_RACES) throw error;
        this.#folder = null; // The end of another transfer has removed it
      }
    }
  }

  #makeFolder(): string {
    const folder = makeWorkFolder(this.#policy.base);
    sweepOldPartsOnce(folder);
    return folder;
  }

  /** Most names are free: one call of the system tells, and gives the name. */
  #name(part: Part): BatchOutcome {
    const { ifTaken } = this.#policy;
    const { directory, name } = part.received;
    const free = moveToName(part.path, { directory, name, ifTaken: "refuse" });
    const taken = free === null ? this.#nameTaken(part) : null;
    if (taken !== null && typeof taken !== "string") return taken;
    const path = free ?? taken ?? "";
    part.isNamed = true;
    const info = part.file.statSync();
    const identity = ifTaken === "replace" ? identityOf(info) : null;
    if (identity !== null) this.#made.add(identity);
    return { result: "stored", path, stamp: stampOf(info), identity };
  }

  /** The path of a file whose name was taken, or why it has none. */
  #nameTaken({ received, path }: Part): string | BatchOutcome {
    const { ifTaken } = this.#policy;
    const { directory, name, sha256, isExecutable, bytes: { length: sizeBytes } } = received;
    if (ifTaken === "refuse") return TAKEN;
    const final = join(directory, name);
    if (exists(final)) {
      const identity = ifTaken === "replace" ? identityOf(Deno.lstatSync(final)) : null;
      if (identity !== null && this.#made.has(identity)) return MADE;
      const numbered = ifTaken === "number";
      const same = findReceived({ directory, name, sizeBytes, sha256, numbered });
      if (same !== null) return { result: "same", path: same };
      if (ifTaken === "replace") keepAttributes(path, final, isExecutable);
    }
    return moveToName(path, { directory, name, ifTaken }) ?? TAKEN;
  }

  /** A name that is not durable counts as none. */
  #sync(files: readonly ReceivedFile[], outcomes: readonly BatchOutcome[]): BatchOutcome[] {
    const folderOf = (i: number) =>
      outcomes[i]?.result === "stored" ? files[i]?.directory : undefined;
    const lost = new Set<string>();
    for (const folder of new Set(files.map((_, i) => folderOf(i)))) {
      if (folder === undefined) continue;
      if (this.#try(() => syncFolder(folder)) === null) lost.add(folder);
    }
    return outcomes.map((outcome, i) => lost.has(folderOf(i) ?? "") ? FAILED : outcome);
  }

  #unlessFailed<T>(work: () => T): T | null {
    return this.#hasFailed ? null : this.#try(work);
  }

  #try<T>(work: () => T): T | null {
    try {
      return work();
    } catch {
      this.#hasFailed = true;
      return null;
    }
  }
}

function isWritten(part: Part | "wrong" | null): part is Part {
  return part !== null && part !== "wrong";
}

/** Removes what is left of a part: one that has its name is no part any more. */
function end({ path, file, isNamed }: Part): void {
  file.close();
  if (!isNamed) removeQuietly(path);
}
