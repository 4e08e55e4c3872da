import type { BatchTargets, TargetsFound } from "../files/inspect_targets.ts";
import { SmallGroups } from "./group_small.ts";

/** Groups that are looked at at once: all else on the same thread waits for them. */
const MAX_AT_ONCE = 16;
/** Groups of which is kept what was found, some 50 KB each. */
const MAX_KEPT = 256;

/** The place of a small file. */
interface Target {
  /** Where it is to be, on this machine. */
  readonly file: string;
  /** As listed. */
  readonly sizeBytes: number;
}

/** The same for all places. */
type TargetOptions = Pick<BatchTargets, "base" | "replace">;

/** What is looked at, or was. */
interface Look {
  readonly targets: BatchTargets;
  readonly found: Promise<TargetsFound>;
}

/** The places of the files of a group. */
export function targetsOf(group: readonly Target[], options: TargetOptions): BatchTargets {
  return {
    ...options,
    files: group.map(({ file }) => file),
    sizes: group.map(({ sizeBytes }) => sizeBytes),
  };
}

/**
 * Looks at the places of small files in groups, while the listing that finds the files goes on, as far as that keeps up.
 * What is found holds for a group of the very same files only.
 */
export class TargetsAhead {
  readonly #options: TargetOptions;
  readonly #inspect: (targets: BatchTargets) => Promise<TargetsFound>;
  readonly #groups = new SmallGroups<Target>();
  /** Groups that are looked at now. */
  #running = 0;
  /** By the first file of the group. */
  readonly #looks = new Map<string, Look>();

  /** @param inspect see `inspectTargets` */
  constructor(
    options: TargetOptions,
    inspect: (targets: BatchTargets) => Promise<TargetsFound>,
  ) {
    this.#options = options;
    this.#inspect = inspect;
  }

  /** Adds the next file of the listing. */
  add(target: Target): void {
    const full = this.#groups.add(target, target.sizeBytes);
    if (full !== null) this.#look(full);
  }

  /** Looks at what was added last. */
  end(): void {
    this.#look(this.#groups.end());
  }

  /** What was found at the places of a group; `null` where they were not looked at, or could not be. */
  async take(targets: BatchTargets): Promise<TargetsFound | null> {
    const key = targets.files[0] ?? "";
    const look = this.#looks.get(key);
    if (look === undefined || !isSame(look.targets, targets)) return null;
    this.#looks.delete(key);
    return await look.found.catch(() => null); // It is looked at again, which tells why
  }

  #look(group: readonly Target[]): void {
    const [first] = group;
    const isFull = this.#running >= MAX_AT_ONCE || this.#looks.size >= MAX_KEPT;
    if (first === undefined || isFull) return;
    const targets = targetsOf(group, this.#options);
    this.#running++;
    const found = this.#inspect(targets).finally(() => this.#running--);
    found.catch(() => {}); // See `take`
    this.#looks.set(first.file, { targets, found });
  }
}

function isSame(one: BatchTargets, other: BatchTargets): boolean {
  return one.files.length === other.files.length &&
    one.files.every((file, i) => file === other.files[i] && one.sizes[i] === other.sizes[i]);
}
