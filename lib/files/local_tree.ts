import { basename, join, resolve } from "@std/path";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, PRIVATE_FOLDER } from "../protocol/path.ts";
import { asDiskError } from "./disk_error.ts";

/** Something on this machine that is to be sent, and where it goes. */
export interface LocalItem {
  /** Where it is. */
  readonly path: string;
  /** Where it goes on the server. */
  readonly remotePath: string;
  readonly type: "file" | "folder";
  /** Bytes; 0 for a folder. */
  readonly sizeBytes: number;
}

/** Something that cannot be sent. */
export interface UnsendableItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "unsendable";
  /** A `RequestError` or a `DiskError` that tells why. */
  readonly error: unknown;
}

/**
 * A file, or a folder with all that is in it, sorted, as it is to be sent. Links to files are
 * followed; links to folders are not, but for `path` itself. What is no file or folder is left out.
 *
 * @param remoteFolder where it goes: a checked path, or `""` for the root
 */
export async function* walkLocal(
  path: string,
  remoteFolder: string,
): AsyncGenerator<LocalItem | UnsendableItem> {
  const name = basename(resolve(path)).normalize("NFC");
  const remotePath = remoteFolder === "" ? name : `${remoteFolder}/${name}`;
  const item = look(path, remotePath);
  if (item !== null) yield* walk(item);
  else yield { path, remotePath, type: "unsendable", error: new RequestError("not-a-file") };
}

async function* walk(
  item: LocalItem | UnsendableItem,
): AsyncGenerator<LocalItem | UnsendableItem> {
  yield item;
  if (item.type !== "folder") return;
  const { path: folder, remotePath } = item;
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    return yield { ...item, type: "unsendable", error: asDiskError(error, folder, "read") };
  }
  for (const { name, isSymlink } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (name.toLowerCase() === PRIVATE_FOLDER) continue;
    const inside = look(join(folder, name), `${remotePath}/${name.normalize("NFC")}`);
    if (inside !== null && !(isSymlink && inside.type === "folder")) yield* walk(inside);
  }
}

/**
 * `null` for what is no file or folder. A synchronous call takes a tenth of the time, and there may
 * be ten thousands of files.
 */
function look(path: string, remotePath: string): LocalItem | UnsendableItem | null {
  try {
    checkPath(remotePath);
    const info = Deno.statSync(path);
    if (info.isFile) return { path, remotePath, type: "file", sizeBytes: info.size };
    return info.isDirectory ? { path, remotePath, type: "folder", sizeBytes: 0 } : null;
  } catch (error) {
    const cause = error instanceof RequestError ? error : asDiskError(error, path, "read");
    return { path, remotePath, type: "unsendable", error: cause };
  }
}

/** The names in a folder of this machine, sorted, those of folders with `/`; none if it cannot be. */
export async function listLocalFolder(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
  } catch {
    return [];
  }
}
