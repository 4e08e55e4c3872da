import { asRequestError } from "../../files/disk_error.ts";
import type { FoundName } from "../../files/folder_names.ts";
import type { FoundFolder } from "../../files/folders.ts";
import {
  type InnerFolder,
  keptReason,
  type RemovableName,
  type RemovedNames,
} from "../../files/remove_served.ts";
import type { OmissionReason, Omissions } from "../../protocol/answers.ts";
import { pathIn } from "../../protocol/path.ts";
import type { AccessContext } from "../context/path_access.ts";
import { readerFor } from "./folder_requests.ts";
import { OmissionTally } from "./omission_tally.ts";

/** Names that one call gets: it may have time for fewer. */
const NAMES_PER_CALL = 256;

/** A folder on the way down, whose content is removed before itself. */
interface Level {
  /** As clients request it. */
  readonly path: string;
  readonly folder: FoundFolder;
  /** The names in it. */
  readonly names: readonly FoundName[];
  /** How many of them were looked at. */
  at: number;
  /** Folders in it that were looked at, and come next. */
  readonly inner: InnerFolder[];
  /** Whether something in it stays for certain … */
  isKept: boolean;
  /** … and the client is told of it. */
  isTold: boolean;
}

/**
 * Removes a folder with all that the client may see and remove, piece by piece: threads remove, and other
 * requests have their turn between the pieces. Links are removed, not followed.
 */
export class TreeRemoval {
  readonly #context: AccessContext;
  readonly #signal: AbortSignal;
  readonly #omitted = new OmissionTally();
  #files = 0;
  #folders = 0;

  /** @param signal ends it; what is removed by then stays removed */
  constructor(context: AccessContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
  }

  /** How many files and links were removed. */
  get files(): number {
    return this.#files;
  }

  /** How many folders were removed. */
  get folders(): number {
    return this.#folders;
  }

  /** What is left, as far as the client may see it; `null` if nothing is. */
  get omitted(): Omissions | null {
    return this.#omitted.all;
  }

  /**
   * Removes a folder. @param above the folder that it lies in
   *
   * @throws {RequestError} of the system as a whole; the reason of the signal
   */
  async remove(path: string, folder: FoundFolder, above: FoundFolder): Promise<void> {
    const levels = [await this.#enter(path, folder)];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      this.#signal.throwIfAborted();
      const next = level.inner.pop();
      if (next !== undefined) levels.push(await this.#enter(pathBelow(level, next.name), next));
      else if (level.at < level.names.length) await this.#removePiece(level);
      else await this.#leave(level, levels.at(-2)?.folder ?? above, levels);
    }
  }

  /** Reads the names in a folder. */
  async #enter(path: string, folder: FoundFolder): Promise<Level> {
    const level = { path, folder, at: 0, inner: [], isKept: false, isTold: false };
    try {
      const names = await readerFor(this.#context).readNames(folder.path, null, this.#signal);
      return { ...level, names };
    } catch (error) {
      this.#signal.throwIfAborted();
      if (asRequestError(error).code === "not-found") return { ...level, names: [] };
      this.#tell(path, keptReason(error));
      return { ...level, names: [], isKept: true, isTold: true };
    }
  }

  async #removePiece(level: Level): Promise<void> {
    const { services: { pool, store }, identity: { owner } } = this.#context;
    const { folder, path, at } = level;
    const names = level.names.slice(at, at + NAMES_PER_CALL).map((found): RemovableName => ({
      ...found,
      mayRemove: this.#may("mayDelete", level, found.name),
    }));
    try {
      const args = [store.folder, folder, path, names] as const;
      this.#note(level, await pool.lookUp("removeNames", [...args], owner));
    } catch (error) {
      this.#tell(path, keptReason(error));
      Object.assign(level, { at: level.names.length, isKept: true, isTold: true });
    }
  }

  /** Takes note of what a call has done. */
  #note(level: Level, { lookedAt, removed, folders, kept }: RemovedNames): void {
    level.at += lookedAt;
    this.#files += removed;
    for (const folder of folders) {
      if (this.#may("mayList", level, folder.name)) level.inner.push(folder);
      else level.isKept = true;
    }
    for (const { name, reason } of kept) {
      level.isKept = true;
      if (!this.#may("mayRead", level, name)) continue;
      this.#tell(pathBelow(level, name), reason ?? "denied");
      level.isTold = true;
    }
  }

  /** Removes a folder whose content was removed, or says why it stays. */
  async #leave(level: Level, above: FoundFolder, levels: Level[]): Promise<void> {
    levels.pop();
    const reason = await this.#removeFolder(level, above);
    if (reason === null) return void this.#folders++;
    if (!level.isTold) this.#tell(level.path, reason);
    const parent = levels.at(-1);
    if (parent !== undefined) Object.assign(parent, { isKept: true, isTold: true });
  }

  /** Why a folder stays; `null` if it is gone. What was removed from it is durable then. */
  async #removeFolder({ path, folder, isKept }: Level, above: FoundFolder) {
    const { services: { pool, store }, identity } = this.#context;
    const may = [path, store.truePath(folder.path)].every((each) => identity.mayDelete(each));
    let reason: OmissionReason | null = "not-empty";
    if (!may) reason = "denied";
    else if (!isKept) reason = await pool.lookUp("removeFolder", [folder, above], identity.owner);
    if (reason !== null) await pool.lookUp("syncServed", [folder], identity.owner).catch(() => {}); // It is gone
    return reason;
  }

  #may(right: "mayDelete" | "mayList" | "mayRead", level: Level, name: string): boolean {
    const { services: { store }, identity } = this.#context;
    const path = pathBelow(level, name);
    if (!identity[right](path)) return false;
    const truePath = pathBelow({ path: store.truePath(level.folder.path) }, name);
    return truePath === path || identity[right](truePath);
  }

  #tell(path: string, reason: OmissionReason): void {
    this.#omitted.add({ count: 1, paths: [{ path, reason }] });
  }
}

/** The path of what has a name in a folder, as clients request it. */
function pathBelow({ path }: Pick<Level, "path">, name: string): string {
  return pathIn(path, name.normalize("NFC"));
}
