import type { StoredFile } from "../files/directory_store.ts";
import { type FileStamp, isSameStamp } from "../files/file_stamp.ts";
import { FOLDER_HOLDING, type Holding } from "../files/holdings.ts";
import { Listing } from "../files/listing.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { RequestError } from "../protocol/errors.ts";
import type { EntryOf } from "./entry.ts";
import { serverOf } from "./incarnation.ts";
import { holdingsFrom, type RootSyncServices } from "./root_services.ts";
import { settleFile, settleFolder } from "./settle_holding.ts";

/** Files that are hashed and put at a time: entries that wait together share a record. */
const AT_ONCE = 64;
/** A file that was written so shortly ago may be written again without its times showing it. */
const FRESH_MS = 2_000;
/** The codes of what may pass by itself, … */
const TRY_AGAIN: readonly string[] = ["changed", "busy", "not-found", "shutting-down"];
/** … and of a path that the catalogue has otherwise. */
const TAKEN: readonly string[] = ["exists", "not-a-file", "bad-path"];

/** A file whose SHA-256 is known. */
interface HashedFile extends StoredFile {
  readonly sha256: string;
  /** See {@link Holding}. */
  readonly checkedMs: number;
}

/** One look at the whole served folder. */
export class RootPass {
  readonly #services: RootSyncServices;
  readonly #told: ReadonlySet<string>;
  readonly #signal: AbortSignal;
  readonly #running = new Set<Promise<void>>();
  readonly #seen = new Set<string>();
  readonly #found: string[] = [];
  /** Paths at which the served folder has another file than the catalogue. */
  readonly conflicts = new Set<string>();
  #postponed = 0;

  /** @param told conflicts that were told before */
  constructor(services: RootSyncServices, told: ReadonlySet<string>, signal: AbortSignal) {
    this.#services = services;
    this.#told = told;
    this.#signal = signal;
  }

  /** See `RootSync.pass`. */
  async run(): Promise<number> {
    const { store, reader } = this.#services;
    await store.checkRoot();
    const options = { recursive: true, after: null, ...(reader && { reader }) };
    const folders: string[] = [];
    for await (const { path, type, link } of new Listing(store, "", options)) {
      this.#signal.throwIfAborted();
      if (link === true) continue;
      this.#seen.add(path);
      if (type === "folder") folders.push(path);
      else await this.#begin(path);
    }
    await Promise.all(this.#running);
    for (const path of folders.reverse()) await this.#attempt(path, () => this.#syncFolder(path));
    await this.#tell("have", this.#found);
    await store.checkRoot();
    await this.#findLost();
    return this.#postponed;
  }

  async #begin(path: string): Promise<void> {
    const task = this.#attempt(path, () => this.#syncFile(path))
      .finally(() => this.#running.delete(task));
    this.#running.add(task);
    if (this.#running.size >= AT_ONCE) await Promise.race(this.#running);
  }

  /** One file that fails does not hold up the others. */
  async #attempt(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#signal.aborted) return;
      if (error instanceof RequestError && TRY_AGAIN.includes(error.code)) this.#postponed++;
      else this.#services.onError(new Error(`Cannot keep ${path}: ${error}`, { cause: error }));
    }
  }

  async #syncFile(path: string): Promise<void> {
    const { held, rows, hashes, isBusy } = this.#services;
    // Before the file is looked at: a holding is forgotten after its file is moved
    const holding = held.holdings.find(path);
    const file = await held.lookAt(path);
    if (file === null) return;
    const { stamp } = file;
    if (holding !== null && holding.sha256 !== null && isSameStamp(holding.stamp, stamp)) {
      if (rows.find(path)?.sha256 === holding.sha256) return;
      if (isBusy(held.placeOf(path))) return void this.#postponed++;
      return await settleFile(this.#services, path, { ...holding, sha256: holding.sha256 });
    }
    if (isBusy(held.placeOf(path)) || isFresh(stamp)) return void this.#postponed++;
    // A hash that is known already says nothing of the bytes as they are now
    const checkedMs = hashes.known(file) === null ? Date.now() : 0;
    await hashes.index(file);
    const sha256 = hashes.known(file);
    if (sha256 === null) return void this.#postponed++;
    await this.#compare(path, { ...file, sha256, checkedMs }, holding);
  }

  /** Puts a file, unless the catalogue has it. @param holding what this server held at the path */
  async #compare(path: string, file: HashedFile, holding: Holding | null): Promise<void> {
    const { stamp, sha256, checkedMs } = file;
    const { held, rows, copies, log } = this.#services;
    const row = rows.find(path);
    const former = holding?.sha256 ?? null;
    if (row?.sha256 !== sha256 && holding !== null && isStillWrong(holding, stamp)) {
      return held.note(path, { ...holding, stamp });
    }
    if (row !== null && row.sha256 !== sha256 && (row.sha256 === null || row.sha256 !== former)) {
      return this.#conflict(path);
    }
    if (row?.sha256 === sha256) {
      const own = serverOf(log.incarnation);
      if (!copies.holdersOf(sha256).includes(own)) this.#found.push(sha256);
    } else if (!await this.#put(path, file, row === null ? null : former)) {
      return this.#conflict(path);
    }
    held.note(path, { stamp, sha256, checkedMs, isWrong: false });
  }

  async #put(
    path: string,
    { stamp, sha256, isExecutable: exec = false }: HashedFile,
    former: string | null,
  ): Promise<boolean> {
    const { sizeBytes: size, modifiedMs: mtime } = stamp;
    const file = { path, size, mtime, sha256, exec, replace: former !== null, former };
    return await this.#append({ kind: "put", ...file, link: null });
  }

  /** Appends an entry about a path; `false` if the catalogue has that path otherwise. */
  async #append<K extends "put" | "mkdir">(entry: EntryOf<K>): Promise<boolean> {
    try {
      await this.#services.log.append(entry);
      return true;
    } catch (error) {
      if (error instanceof RequestError && TAKEN.includes(error.code)) return false;
      throw error;
    }
  }

  async #syncFolder(path: string): Promise<void> {
    const { held, held: { holdings }, rows } = this.#services;
    const isKnown = holdings.find(path) !== null;
    if (await held.isGone(path)) return;
    if (rows.folderId(path) === null) {
      if (isKnown) return await settleFolder(this.#services, path);
      if (!await this.#append({ kind: "mkdir", path })) return this.#conflict(path);
    }
    if (!isKnown) holdings.set(path, FOLDER_HOLDING);
  }

  #conflict(path: string): void {
    this.conflicts.add(path);
    if (!this.#told.has(path)) this.#services.onConflict(path);
  }

  /** Forgets the holdings that are not there any more, and tells of the contents that are lost with them. */
  async #findLost(): Promise<void> {
    const { held, hasElsewhere } = this.#services;
    const lost = new Set<string>();
    for (const { path, sha256 } of holdingsFrom(this.#services, "")) {
      if (this.#seen.has(path) || !await held.isGone(path)) continue;
      held.holdings.delete(path);
      if (sha256 !== null) lost.add(sha256);
    }
    const isLost = (sha256: string) =>
      held.holdings.withHash(sha256, 1).length === 0 && !hasElsewhere(sha256);
    await this.#tell("lost", [...lost].filter(isLost));
  }

  async #tell(kind: "have" | "lost", contents: readonly string[]): Promise<void> {
    for (let at = 0; at < contents.length; at += CLUSTER_LIMITS.entryFiles) {
      const some = contents.slice(at, at + CLUSTER_LIMITS.entryFiles);
      await this.#services.log.append({ kind, contents: some });
    }
  }
}

/** Whether a file that is known to be wrong was not written since: only its attributes have changed. */
function isStillWrong({ isWrong, stamp: known }: Holding, stamp: FileStamp): boolean {
  return isWrong && known.sizeBytes === stamp.sizeBytes && known.modifiedMs === stamp.modifiedMs;
}

function isFresh({ modifiedMs, changedMs }: FileStamp): boolean {
  const nowMs = Date.now();
  return [modifiedMs, changedMs].some((ms) => Math.abs(nowMs - ms) < FRESH_MS);
}
