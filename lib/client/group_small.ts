import { LIMITS } from "../protocol/limits.ts";

/** What is looked at of a task. */
export interface GroupOptions<T> {
  /** Bytes, as far as they are known. */
  readonly sizeOf: (task: T) => number;
  /** Tasks of the same place go one after the other. */
  readonly placeOf: (task: T) => string;
  /** Whether a task may be part of a group. Default: none may. */
  readonly takes?: (task: T) => boolean;
}

/** Tasks by how they are run, each by its place in the order of asking. */
export interface GroupedTasks {
  /** Each group is moved together. */
  readonly groups: readonly (readonly number[])[];
  /** Run one by one. */
  readonly others: readonly number[];
}

/**
 * Divides tasks into groups of small files, in their order, and others. Files of the same place are no
 * part of a group: they go one after the other. One file is no group.
 */
export function groupSmall<T>(
  tasks: readonly T[],
  { sizeOf, placeOf, takes = () => false }: GroupOptions<T>,
): GroupedTasks {
  const shared = sharedPlaces(tasks, placeOf);
  const small = new SmallGroups<number>();
  const groups: number[][] = [];
  const others: number[] = [];
  for (const [rank, task] of tasks.entries()) {
    const size = sizeOf(task);
    const isAlone = size > LIMITS.batchFileBytes || !takes(task) ||
      (shared.size > 0 && shared.has(placeOf(task)));
    const full = isAlone ? null : small.add(rank, size);
    if (isAlone) others.push(rank);
    if (full !== null) groups.push(full);
  }
  groups.push(small.end());
  const single = groups.findIndex((group) => group.length <= 1);
  if (single >= 0) others.push(...groups.splice(single, 1).flat());
  return { groups, others };
}

/** Divides small files into groups, in their order: each has as many as one request takes. */
export class SmallGroups<T> {
  #group: T[] = [];
  #bytes = 0;

  /** Adds a file of at most `LIMITS.batchFileBytes`. Returns the group before it, where that has no room for it. */
  add(file: T, sizeBytes: number): T[] | null {
    const hasRoom = this.#group.length < LIMITS.batchFiles &&
      this.#bytes + sizeBytes <= LIMITS.batchBytes;
    const full = hasRoom ? null : this.end();
    this.#group.push(file);
    this.#bytes += sizeBytes;
    return full;
  }

  /** The last group, which may be empty. */
  end(): T[] {
    const group = this.#group;
    this.#group = [];
    this.#bytes = 0;
    return group;
  }
}

/** The places of several tasks. */
function sharedPlaces<T>(
  tasks: readonly T[],
  placeOf: (task: T) => string,
): ReadonlySet<string> {
  const places = tasks.map(placeOf);
  const seen = new Set(places);
  const shared = new Set<string>();
  if (seen.size === places.length) return shared; // As in most cases
  for (const place of places) {
    if (!seen.delete(place)) shared.add(place);
  }
  return shared;
}
