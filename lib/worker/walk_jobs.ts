import {
  type FoundItem,
  type LocalItem,
  walkLocal,
  type WalkOptions,
} from "../files/local_tree.ts";
import { lookAtEach, type PathState } from "../files/look_at.ts";
import { fromPlainError, type PlainError, toPlainError } from "./plain_error.ts";

/** Items that one call finds, at the most: some milliseconds of work, … */
const ITEMS_PER_CALL = 1_024;
/** … and the time after which it returns what it has. */
const CALL_MS = 20;

/** What a walk is for. */
export interface WalkRequest {
  /** Files and folders of this machine. */
  readonly paths: readonly string[];
  /** A checked path, or `""` for the root. */
  readonly remoteFolder: string;
  readonly options: WalkOptions;
}

/** Items of a walk in a form that costs the receiving isolate little. */
export interface PackedItems {
  /** By item: the place of the named path that it belongs to. */
  readonly tops: readonly number[];
  /** Of files and folders, separated by NUL, which no name holds. */
  readonly paths: string;
  readonly remotePaths: string;
  readonly sizes: readonly number[];
  readonly mtimes: readonly (number | null)[];
  /** Those of them that are folders, by their place among them. */
  readonly folders: readonly number[];
  /** By the named path: the real path that what is below must lie in. */
  readonly within: ReadonlyMap<number, string>;
  /** Items of other kinds, by their place among all. */
  readonly others: readonly (readonly [index: number, item: PlainItem])[];
}

type OtherItem = Exclude<FoundItem, LocalItem>;
/** An item whose error is plain data. */
type PlainItem = Omit<OtherItem, "error"> & { readonly error?: PlainError };

/** An item, and the place of the named path that it belongs to. */
interface TopItem {
  readonly top: number;
  readonly item: FoundItem;
}

/** The jobs of a worker that walk through folders of this machine, piece by piece. */
export class WalkJobs {
  /** By handle: see `FileWorker.newHandle`. */
  readonly #walks = new Map<number, Iterator<TopItem, undefined>>();

  /** Begins a walk, which {@link nextItems} goes on with. The first item tells what the first path itself is. */
  startWalk(handle: number, request: WalkRequest): PackedItems | null {
    this.#walks.set(handle, walkAll(request));
    return this.#take(handle, 1);
  }

  /** The next items; `null` at the end. */
  nextItems(handle: number): PackedItems | null {
    return this.#take(handle, ITEMS_PER_CALL);
  }

  #take(handle: number, maxItems: number): PackedItems | null {
    const walk = this.#walks.get(handle);
    const items: TopItem[] = [];
    const untilMs = performance.now() + CALL_MS;
    while (items.length < maxItems && performance.now() < untilMs) {
      const next = walk?.next().value;
      if (next === undefined) break;
      items.push(next);
    }
    if (items.length > 0) return packItems(items);
    this.#walks.delete(handle);
    return null;
  }

  /** What paths of this machine hold, or why that cannot be seen. */
  lookAtEach(paths: readonly string[]): (PathState | { readonly error: PlainError })[] {
    return lookAtEach(paths).map((state) => {
      const isError = typeof state === "object" && state !== null && "error" in state;
      return isError ? { error: toPlainError(state.error) } : state;
    });
  }

  /** Gives a walk up. */
  endWalk(handle: number): void {
    this.#walks.delete(handle);
  }
}

function* walkAll({ paths, remoteFolder, options }: WalkRequest): Generator<TopItem, undefined> {
  for (const [top, path] of paths.entries()) {
    for (const item of walkLocal(path, remoteFolder, options)) yield { top, item };
  }
}

function packItems(found: readonly TopItem[]): PackedItems {
  const local: LocalItem[] = [];
  const others: [number, PlainItem][] = [];
  const within = new Map<number, string>();
  for (const [i, { top, item }] of found.entries()) {
    if (!isLocal(item)) {
      others.push([i, packOther(item)]);
      continue;
    }
    if (item.within !== undefined) within.set(top, item.within);
    local.push(item);
  }
  return {
    tops: found.map(({ top }) => top),
    paths: local.map(({ path }) => path).join("\0"),
    remotePaths: local.map(({ remotePath }) => remotePath).join("\0"),
    sizes: local.map(({ sizeBytes }) => sizeBytes),
    mtimes: local.map(({ modifiedMs }) => modifiedMs),
    folders: local.flatMap(({ type }, i) => type === "folder" ? [i] : []),
    within,
    others,
  };
}

function isLocal(item: FoundItem): item is LocalItem {
  return item.type === "file" || item.type === "folder";
}

function packOther(item: OtherItem): PlainItem {
  return item.type === "unsendable" ? { ...item, error: toPlainError(item.error) } : item;
}

/**
 * Tells the items that were packed, with the place of the named path of each.
 *
 * @param isFirst whether an item is the named path itself: the first of it
 */
export function unpackItems(
  { tops, sizes, mtimes, within, ...packed }: PackedItems,
  isFirst: (top: number) => boolean,
  onItem: (item: FoundItem, top: number) => void,
): void {
  const paths = packed.paths.split("\0");
  const remotePaths = packed.remotePaths.split("\0");
  const folders = new Set(packed.folders);
  const others = new Map(packed.others);
  let at = 0;
  for (const [i, top] of tops.entries()) {
    const other = others.get(i);
    if (other !== undefined) {
      onItem(unpackOther(other), top);
      continue;
    }
    const inside = isFirst(top) ? undefined : within.get(top);
    onItem({
      path: paths[at] ?? "",
      remotePath: remotePaths[at] ?? "",
      type: folders.has(at) ? "folder" : "file",
      sizeBytes: sizes[at] ?? 0,
      modifiedMs: mtimes[at] ?? null,
      ...(inside !== undefined && { within: inside }),
    }, top);
    at++;
  }
}

function unpackOther({ error, ...item }: PlainItem): FoundItem {
  return (error === undefined ? item : { ...item, error: fromPlainError(error) }) as FoundItem;
}
