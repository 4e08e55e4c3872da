import { basename, join, resolve } from "@std/path";
import { RequestError } from "../protocol/errors.ts";
import { checkPath, isPrivateName } from "../protocol/path.ts";
import { asDiskError } from "./disk_error.ts";

/** A local file or folder to upload, and its destination. */
export interface LocalItem {
  /** Path on this machine. */
  readonly path: string;
  /** Path on the server. */
  readonly remotePath: string;
  readonly type: "file" | "folder";
  /** Bytes; 0 for a folder. */
  readonly sizeBytes: number;
}

/** An entry that cannot be uploaded. */
export interface UnsendableItem {
  readonly path: string;
  readonly remotePath: string;
  readonly type: "unsendable";
  /** The reason: a `RequestError` or a `DiskError`. */
  readonly error: unknown;
}

/**
 * A file, or a folder and its contents, sorted, in the order of upload. Links to files are
 * followed, links to folders only at `path` itself. Other kinds of entries are left out; at `path`,
 * such an entry is unsendable.
 *
 * @param remoteFolder the folder on the server: a checked path, or `""` for the root
 */
export async function* walkLocal(
  path: string,
  remoteFolder: string,
): AsyncGenerator<LocalItem | UnsendableItem> {
  const name = basename(resolve(path)).normalize("NFC");
  const remotePath = remoteFolder === "" ? name : `${remoteFolder}/${name}`;
  const item = inspect(path, remotePath);
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
    if (isPrivateName(name)) continue;
    const child = inspect(join(folder, name), `${remotePath}/${name.normalize("NFC")}`);
    if (child !== null && !(isSymlink && child.type === "folder")) yield* walk(child);
  }
}

/**
 * `null` if the entry is neither file nor folder. A synchronous `stat` costs a tenth of the time,
 * and a tree may have tens of thousands of files.
 */
function inspect(path: string, remotePath: string): LocalItem | UnsendableItem | null {
  try {
    checkPath(remotePath);
    const info = Deno.statSync(path);
    if (info.isFile) return { path, remotePath, type: "file", sizeBytes: info.size };
    return info.isDirectory ? { path, remotePath, type: "folder", sizeBytes: 0 } : null;
  } catch (error) {
    const reason = error instanceof RequestError ? error : asDiskError(error, path, "read");
    return { path, remotePath, type: "unsendable", error: reason };
  }
}

/** The names in a local folder, sorted, folders with a final `/`; none if it cannot be read. */
export async function listLocalFolder(path: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(path));
    return entries.map(({ name, isDirectory }) => isDirectory ? `${name}/` : name).sort();
  } catch {
    return [];
  }
}
