import { encodeJsonFrame, HEADER_BYTES } from "../protocol/frames.ts";
import { type JsonObject, LARGEST_ID } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import { parentOf } from "../protocol/path.ts";

/** The fields of MGET and MPUT that name files: the deepest folder of all, and their names below it. */
export function namesOf(
  paths: readonly string[],
): { readonly path: string; readonly names: string } {
  const folder = commonFolder(paths);
  const start = folder === "" ? 0 : folder.length + 1;
  return { path: folder, names: paths.map((path) => path.slice(start)).join("\n") };
}

/**
 * Whether a request does not fit into a frame, so that its files are to be asked for in halves. A single file
 * always fits: its path has a limit of its own.
 */
export function isTooLong(type: "MGET" | "MPUT", query: JsonObject): boolean {
  const frame = encodeJsonFrame(type, { id: LARGEST_ID, ...query });
  return frame.length - HEADER_BYTES > LIMITS.controlBytes;
}

/** Does `work` on each half of the items, one after the other. */
export async function inHalves<T>(
  items: readonly T[],
  work: (half: readonly T[]) => Promise<void>,
): Promise<void> {
  const middle = items.length >> 1;
  await work(items.slice(0, middle));
  await work(items.slice(middle));
}

/** The deepest folder that all paths lie in; `""` for the root. */
function commonFolder(paths: readonly string[]): string {
  const [first = ""] = paths;
  let folder = parentOf(first);
  for (const path of paths) {
    while (folder !== "" && !path.startsWith(`${folder}/`)) folder = parentOf(folder);
  }
  return folder;
}
