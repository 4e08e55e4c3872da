import type { BatchTargets, TargetsFound } from "../files/inspect_targets.ts";
import { GroupsAhead } from "./groups_ahead.ts";

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
  readonly #groups = new GroupsAhead<Target>((group) => this.#look(group));
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
    this.#groups.add(target, target.sizeBytes);
  }

  /** Looks at what was added last. */
  end(): void {
    this.#groups.end();
  }

  /** What was found at the places of a group; `null` where they were not looked at, or could not be. */
  async take(targets: BatchTargets): Promise<TargetsFound | null> {
    const key = targets.files[0] ?? "";
    const look = this.#looks.get(key);
    if (look === undefined || !isSame(look.targets, targets)) return null;
    this.#looks.delete(key);
    return await look.found.catch(() => null); // It is looked at again, which tells why
  }

  #look(group: readonly Target[]): Promise<unknown> | null {
    if (this.#looks.size >= MAX_KEPT) return null;
    const targets = targetsOf(group, this.#options);
    const found = this.#inspect(targets);
    this.#looks.set(group[0]?.file ?? "", { targets, found });
    return found;
  }
}

function isSame(one: BatchTargets, other: BatchTargets): boolean {
  return one.files.length === other.files.length &&
    one.files.every((file, i) => file === other.files[i] && one.sizes[i] === other.sizes[i]);
}
