import { isSameStamp } from "../files/file_stamp.ts";
import { CATALOGUE_OWNER } from "../transfer/catalogue.ts";
import { RootPass } from "./root_pass.ts";
import { holdingsFrom, type RootSyncServices } from "./root_services.ts";
import { moveToTrash, settleFile, settleFolder } from "./settle_holding.ts";

/**
 * Brings the served folder and the catalogue together. A file that is new in the folder is put; one that has
 * changed while this server held it replaces the former content. What the catalogue has removed, moved or
 * replaced since is moved likewise in the folder, or to the trash. A file that vanished is a lost copy.
 */
export class RootSync {
  readonly #services: RootSyncServices;
  #conflicts = new Set<string>();

  /** Does nothing by itself. */
  constructor(services: RootSyncServices) {
    this.#services = services;
  }

  /** The paths at which the served folder has another file than the catalogue, as the last pass found. */
  get conflicts(): number {
    return this.#conflicts.size;
  }

  /**
   * Looks at the whole served folder.
   *
   * @returns how many files are to be looked at again soon: they were written too shortly ago, or are being written
   * @throws {DiskError} `root-gone`: nothing counts as lost then; the reason of the signal
   */
  async pass(signal: AbortSignal): Promise<number> {
    const pass = new RootPass(this.#services, this.#conflicts, signal);
    const postponed = await pass.run();
    this.#conflicts = pass.conflicts;
    const { pool, store } = this.#services;
    await pool.lookUp("emptyTrash", [store.root, Date.now()], CATALOGUE_OWNER);
    return postponed;
  }

  /** Moves a holding that the catalogue has moved, removed or replaced. Nothing happens to any other file. */
  async settle(path: string): Promise<void> {
    const { held, rows } = this.#services;
    const holding = held.holdings.find(path);
    if (holding === null) return;
    if (holding.sha256 === null) {
      if (rows.folderId(path) === null) await settleFolder(this.#services, path);
      return;
    }
    const file = await held.lookAt(path);
    if (file === null || !isSameStamp(file.stamp, holding.stamp)) return;
    if (rows.find(path)?.sha256 === holding.sha256) return;
    await settleFile(this.#services, path, { ...holding, sha256: holding.sha256 });
  }

  /** Moves what is at a path to the trash. */
  async discard(path: string): Promise<void> {
    await moveToTrash(this.#services, path, null);
    this.#services.held.holdings.delete(path);
  }

  /** Does the same as `settle` for all holdings below a folder, and for it. */
  async settleBelow(folder: string): Promise<void> {
    const paths: string[] = [];
    for (const { path } of holdingsFrom(this.#services, `${folder}/`)) {
      if (!path.startsWith(`${folder}/`)) break;
      paths.push(path);
    }
    for (const path of paths.reverse()) await this.settle(path); // What is in a folder comes before it
    await this.settle(folder);
  }
}
