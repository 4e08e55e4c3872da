import type { CatalogueRows } from "../files/catalogue_rows.ts";
import type { StoredFile } from "../files/directory_store.ts";
import { type FileStamp, isSameStamp } from "../files/file_stamp.ts";
import type { HeldFiles } from "../files/held_files.ts";
import type { EntryType } from "../protocol/answers.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import type { Catalogue, NewCatalogueFile } from "../transfer/catalogue.ts";
import type { ClusterLog } from "./cluster_log.ts";
import type { RootSyncServices } from "./root_services.ts";
import type { RootSync } from "./root_sync.ts";

/** Marks the entries of uploads: those see to their files themselves. */
const OF_UPLOAD = Symbol("of an upload");
/** The bytes of paths in one entry: many entries fit into a record. */
const PATH_BYTES = 32 * 1024;

/** What a {@link ClusterCatalogue} is made of. It owns nothing of it. */
export interface ClusterCatalogueParts extends RootSyncServices {
  readonly log: ClusterLog;
  readonly sync: RootSync;
  /** Called when a file of the catalogue may not have its place. */
  readonly onUnplaced: () => void;
}

/** The catalogue of a cluster: what changes it goes through the log. Disposal waits for its work on files. */
export class ClusterCatalogue implements Catalogue, AsyncDisposable {
  readonly rows: CatalogueRows;
  readonly held: HeldFiles;
  readonly #parts: ClusterCatalogueParts;
  readonly #listeners = new DisposableStack();
  #work: Promise<void> = Promise.resolve();

  /** Follows what the log changes, in the served folder. */
  constructor(parts: ClusterCatalogueParts) {
    this.#parts = parts;
    this.rows = parts.rows;
    this.held = parts.held;
    const { log, sync } = parts;
    this.#listeners.use(log.on("rm", ({ entry, outcome }) => {
      const removed = entry.paths.filter((_, i) => outcome.removed[i] !== null);
      this.#soon(async () => {
        for (const path of removed) await sync.settle(path);
      });
    }));
    this.#listeners.use(log.on("mv", ({ entry: { from, to } }) => {
      this.#soon(async () => {
        await sync.settle(to);
        await sync.settleBelow(from);
      });
    }));
    this.#listeners.use(log.on("put", ({ entry: { path }, outcome: { what }, token }) => {
      if (what === "replaced" && token !== OF_UPLOAD) this.#soon(() => sync.settle(path));
    }));
  }

  hasCopy(sha256: string): boolean {
    return this.#parts.copies.holdersOf(sha256).length > 0;
  }

  caughtUp(): Promise<void> {
    return this.#parts.log.caughtUp();
  }

  async put(
    { path, size, mtimeMs: mtime, sha256, isExecutable: exec, replace, link }: NewCatalogueFile,
  ): Promise<void> {
    const file = { path, size, mtime, sha256, exec, replace, former: null, link };
    await this.#parts.log.append({ kind: "put", ...file }, OF_UPLOAD);
  }

  async makeFolder(path: string): Promise<boolean> {
    const { isNew } = await this.#parts.log.append({ kind: "mkdir", path });
    return isNew;
  }

  async remove(paths: readonly string[]): Promise<readonly (EntryType | null)[]> {
    const removed: (EntryType | null)[] = [];
    for (const some of inEntries(paths)) {
      removed.push(...(await this.#parts.log.append({ kind: "rm", paths: some })).removed);
    }
    return removed;
  }

  async move(from: string, to: string, replace: boolean): Promise<void> {
    await this.#parts.log.append({ kind: "mv", from, to, replace });
  }

  async clear(path: string): Promise<void> {
    const { held, rows, sync } = this.#parts;
    const file = await held.lookAt(path);
    const holding = held.holdings.find(path);
    const isInPlace = holding?.sha256 === rows.find(path)?.sha256 && holding?.isWrong !== true;
    if (file === null || isInPlace) return;
    const isHeld = holding !== null && isSameStamp(holding.stamp, file.stamp);
    if (!isHeld || holding.isWrong) return await sync.discard(path);
    const { sha256 } = holding;
    if (sha256 !== null && rows.pathsOf(sha256, 1).length > 0) await sync.settle(path);
  }

  async stored(path: string, sha256: string, known?: FileStamp): Promise<void> {
    const { held, rows, sync } = this.#parts;
    const file = await held.lookAt(path);
    const stamp = known ?? file?.stamp;
    if (stamp === undefined || this.#isTaken(path, stamp, file)) return;
    held.note(path, { stamp, sha256, checkedMs: Date.now(), isWrong: false });
    if (rows.find(path)?.sha256 !== sha256) this.#soon(() => sync.settle(path));
  }

  /** Whether another file is held at a path than the one of a state: it was stored there later. */
  #isTaken(path: string, stamp: FileStamp, file: StoredFile | null): boolean {
    const holding = this.held.holdings.find(path);
    if (file === null || holding === null || isSameStamp(file.stamp, stamp)) return false;
    return isSameStamp(holding.stamp, file.stamp);
  }

  settled(): Promise<void> {
    return this.#work;
  }

  mendSoon(): void {
    this.#parts.onUnplaced();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.dispose();
    await this.#work;
  }

  /** Does work on files, one after the other. A pass over the folder finds what fails. */
  #soon(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(this.#parts.onError);
  }
}

/** Paths, as many as one entry takes at a time. */
function* inEntries(paths: readonly string[]): Generator<string[]> {
  let some: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const isFull = some.length >= CLUSTER_LIMITS.entryFiles || bytes + 3 * path.length > PATH_BYTES;
    if (isFull && some.length > 0) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(path);
    bytes += 3 * path.length;
  }
  if (some.length > 0) yield some;
}
