import type { FoundItem } from "../files/local_tree.ts";
import type { PathState } from "../files/look_at.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import { fromPlainError } from "../worker/plain_error.ts";
import { unpackItems, type WalkRequest } from "../worker/walk_jobs.ts";

/** Paths that one call looks at. */
const PATHS_PER_CALL = 1_024;
/** Calls of a walk that are under way. */
const CALLS_AHEAD = 2;

/** What is at a path of this machine, or why that cannot be seen. */
export type Look = PathState | { readonly error: Error };

/** Options of {@link walkTrees}. */
export interface WalkTreesOptions {
  readonly signal: AbortSignal;
  /** Called with what each path itself is, while the walk through what is below goes on. */
  readonly onTop?: (item: FoundItem) => void;
}

/** What paths of this machine hold, links followed, in their order. @throws the reason of the signal */
export async function lookAtPaths(
  worker: FileWorker,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Look[]> {
  const looks: Look[] = [];
  for (let at = 0; at < paths.length; at += PATHS_PER_CALL) {
    signal.throwIfAborted();
    const some = await worker.call("lookAtEach", [paths.slice(at, at + PATHS_PER_CALL)]);
    for (const state of some) {
      const isError = typeof state === "object" && state !== null && "error" in state;
      looks.push(isError ? { error: fromPlainError(state.error) } : state);
    }
  }
  return looks;
}

/**
 * Finds files and folders of this machine in a thread: names, sizes and times of many files take the disk long.
 *
 * @returns what each path stands for, as `walkLocal` finds it
 * @throws the reason of the signal
 */
export async function walkTrees(
  worker: FileWorker,
  { paths, remoteFolder, options }: WalkRequest,
  { signal, onTop }: WalkTreesOptions,
): Promise<FoundItem[][]> {
  const found: FoundItem[][] = paths.map(() => []);
  const isFirst = (top: number) => found[top]?.length === 0;
  const add = (item: FoundItem, top: number) => {
    if (isFirst(top)) onTop?.(item);
    found[top]?.push(item);
  };
  const handle = worker.newHandle();
  const { exclude = [], gitignore = false, links = "skip", own } = options;
  const request = { paths, remoteFolder, options: { exclude, gitignore, links, own } };
  // While this isolate takes items, or has other work, the thread finds more
  const ahead = [worker.call("startWalk", [handle, request])];
  try {
    for (let packed = await ahead.shift(); packed; packed = await ahead.shift()) {
      signal.throwIfAborted();
      while (ahead.length < CALLS_AHEAD) ahead.push(worker.call("nextItems", [handle]));
      unpackItems(packed, isFirst, add);
    }
    return found;
  } finally {
    for (const call of ahead) call.catch(() => {}); // Its reason is thrown already
    worker.call("endWalk", [handle]).catch(() => {}); // A dead thread walks no more
  }
}
