import { basename, dirname, join } from "../files/path.ts";
import { LARGEST_NUMBER, numberedName } from "../files/commit_name.ts";
import { type FileState, lookAt, type PathState } from "../files/look_at.ts";
import type { OmissionReason, Omissions } from "../protocol/answers.ts";
import type { TransferFailure } from "./batch.ts";
import type { ClientProvider } from "./client_provider.ts";
import { FileComparer } from "./file_comparer.ts";
import { OmissionTally } from "./omission_tally.ts";

/**
 * What a transfer would do with a file or folder: put it where nothing is (`new`), `replace` another file,
 * leave it since it is there (`same`), `skip` it since it is left out, or meet a `conflict` with what is
 * there: it fails, but for a download that replaces nothing, which takes `NAME (1)`. A mirror would `delete` what only this machine has.
 */
export type PlannedAction = "new" | "replace" | "same" | "skip" | "conflict" | "delete";

/**
 * Why, where the action does not say it: patterns leave it out, its name is taken (`exists`), by what no file
 * can replace (`in-the-way`) or by a file of the same command, or what the server or this machine leaves out.
 */
export type PlanReason = "excluded" | "exists" | "in-the-way" | "same-command" | OmissionReason;

/** A step of a {@link TransferPlan}. */
export interface PlannedItem {
  /** What would be done. */
  readonly action: PlannedAction;
  /** On the server. */
  readonly path: string;
  /** On this machine; `null` where that does not matter. */
  readonly file: string | null;
  /** What it is at the end that it comes from. */
  readonly type: "file" | "folder";
  /** Bytes; 0 for a folder. */
  readonly sizeBytes: number;
  /** The bytes of the file that is replaced; `null` if none is. */
  readonly replacedBytes: number | null;
  /** `null` if the action says all. */
  readonly reason: PlanReason | null;
}

/** What a transfer would do. */
export interface TransferPlan {
  /** In the order of the listing; of what is left out, not all need be named. */
  readonly items: readonly PlannedItem[];
  /** What cannot be planned, in the order of asking. */
  readonly failures: readonly TransferFailure[];
  /** What is there and would be left out, though no pattern excludes it. */
  readonly omitted: Omissions;
}

/** A file that is wanted at one end, and what is in its place there. */
export interface WantedPlace {
  readonly path: string;
  readonly file: string;
  readonly wanted: FileState;
  readonly present: PathState;
  /** Whether the same command has put a file there before. */
  readonly isMade: boolean;
}

/** A file of this machine that may have the content that a place is to get. */
interface FileAt {
  readonly place: WantedPlace;
  readonly file: string;
}

/** How contents are compared. */
export interface CompareOptions {
  readonly clients: ClientProvider;
  readonly replace: boolean;
  /** Compare by SHA-256, even if size and time are the same. */
  readonly checksum: boolean;
  /** Whether the content may also be beside its place, as `NAME (1)` and so on. */
  readonly numbered: boolean;
  readonly signal: AbortSignal;
}

/** Gathers a plan: steps keep the order in which they are added. */
export class PlanBuilder {
  readonly #options: CompareOptions;
  readonly #items: (PlannedItem | WantedPlace)[] = [];
  readonly #failures: TransferFailure[] = [];
  readonly #omitted = new OmissionTally();
  /** The paths of what is left out: several searches may find it. */
  readonly #skipped = new Set<string>();

  constructor(options: CompareOptions) {
    this.#options = options;
  }

  /** Adds a step that is certain. What is left out is added once. */
  add(item: Pick<PlannedItem, "action" | "path" | "type"> & Partial<PlannedItem>): void {
    if (item.action === "skip" && this.#skipped.has(item.path)) return;
    if (item.action === "skip") this.#skipped.add(item.path);
    this.#items.push({ file: null, sizeBytes: 0, replacedBytes: null, reason: null, ...item });
  }

  /** Adds a file, which is compared with what is in its place. */
  compare(place: WantedPlace): void {
    this.#items.push(place);
  }

  /** Adds what cannot be planned. */
  fail(path: string, error: unknown): void {
    this.#failures.push({ path, error });
  }

  /** Adds what would be left out. */
  omit(omitted: Omissions): void {
    this.#omitted.add(omitted);
    for (const { path, reason } of omitted.paths) {
      this.add({ action: "skip", path, type: "file", reason });
    }
  }

  /**
   * Compares contents where size and time do not tell, and ends the plan.
   *
   * @throws {ConnectionError} when the connection is lost; the reason of the signal
   */
  async end(): Promise<TransferPlan> {
    const same = await this.#findSame();
    const items = this.#items.map((item) =>
      "action" in item ? item : this.#decide(item, same.has(item))
    );
    return { items, failures: this.#failures, omitted: this.#omitted.omissions };
  }

  /** The places in which the wanted content is. */
  async #findSame(): Promise<ReadonlySet<WantedPlace>> {
    const { clients, signal, checksum } = this.#options;
    const same = new Set<WantedPlace>();
    const unsure: FileAt[] = [];
    for (const place of this.#items) {
      if ("action" in place || !isFile(place.present)) continue;
      const { file, wanted, present } = place;
      if (present.sizeBytes !== wanted.sizeBytes) continue;
      if (!checksum && isSameTime(present, wanted)) same.add(place);
      else unsure.push({ place, file });
    }
    const comparer = new FileComparer(clients, signal);
    try {
      await this.#compareContents(comparer, unsure, same);
      if (this.#options.numbered) await this.#findNumbered(comparer, same);
      return same;
    } finally {
      comparer.close();
    }
  }

  /** Adds to `same` the places of the files whose content is the wanted one. */
  async #compareContents(
    comparer: FileComparer,
    files: readonly FileAt[],
    same: Set<WantedPlace>,
  ): Promise<void> {
    const { signal } = this.#options;
    const pairs = files.map(({ place: { path, wanted: { sizeBytes } }, file }) => {
      return { path, localPath: file, sizeBytes };
    });
    let next = 0;
    await comparer.compareAll(pairs, (path, outcome) => {
      const place = files[next++]?.place;
      if (typeof outcome !== "string") this.fail(path, outcome.error);
      else if (outcome === "same" && place !== undefined) same.add(place);
      return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
    });
  }

  /** The same for what an earlier command has put beside the place, as `NAME (1)` and so on. */
  async #findNumbered(comparer: FileComparer, same: Set<WantedPlace>): Promise<void> {
    const isTaken = (item: PlannedItem | WantedPlace): item is WantedPlace =>
      !("action" in item) && item.present !== null;
    let left = this.#items.filter(isTaken);
    for (let number = 1; left.length > 0 && number <= LARGEST_NUMBER; number++) {
      const unsure: FileAt[] = [];
      const there: WantedPlace[] = [];
      for (const place of left) {
        if (same.has(place)) continue;
        const name = numberedName(basename(place.file), number);
        const file = join(dirname(place.file), name);
        const state = await lookAt(file);
        if (state === null) continue;
        there.push(place);
        const isLike = isFile(state) && state.sizeBytes === place.wanted.sizeBytes;
        if (isLike) unsure.push({ place, file });
      }
      await this.#compareContents(comparer, unsure, same);
      left = there;
    }
  }

  #decide(place: WantedPlace, isSame: boolean): PlannedItem {
    const { path, file, wanted: { sizeBytes }, present, isMade } = place;
    const { numbered, replace } = this.#options;
    const item = { path, file, type: "file" as const, sizeBytes, replacedBytes: null };
    if (isMade && !numbered) return { ...item, action: "conflict", reason: "same-command" };
    if (isSame) return { ...item, action: "same", reason: null };
    const isTaken = isMade || present !== null;
    if (numbered && isTaken) return { ...item, action: "conflict", reason: "exists" };
    if (present === null) return { ...item, action: "new", reason: null };
    if (!isFile(present)) return { ...item, action: "conflict", reason: "in-the-way" };
    if (!replace) return { ...item, action: "conflict", reason: "exists" };
    return { ...item, action: "replace", replacedBytes: present.sizeBytes, reason: null };
  }
}

function isFile(state: PathState): state is FileState {
  return state !== null && typeof state !== "string";
}

/** File systems keep times of different precision; transfers set milliseconds. */
function isSameTime({ modifiedMs: a }: FileState, { modifiedMs: b }: FileState): boolean {
  return a !== null && b !== null && Math.trunc(a) === Math.trunc(b);
}
