import { dirname, SEPARATOR } from "./path.ts";
import { asDiskError, DiskError, replacedError } from "./disk_error.ts";
import { RealPaths } from "./real_paths.ts";
import { folderIdentity, folderPrefix } from "./served_folder.ts";

/**
 * Creates a local folder and its parents, and makes their names durable.
 *
 * @throws {DiskError}
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeMissing(path);
  } catch (error) {
    await checkFolderPlace(path); // Names the file that is in the way
    throw asDiskError(error, path, "make");
  }
}

/**
 * Checks that a folder is there, or can be made: nothing else is in its way.
 *
 * @throws {DiskError} `is-a-file`, with the path of the file
 */
export async function checkFolderPlace(path: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => null); // What is not there can be made
  if (info !== null && !info.isDirectory) {
    throw new DiskError("is-a-file", path, `Cannot use ${path}: it is a file, not a folder`);
  }
  const above = dirname(path);
  if (info === null && above !== path) await checkFolderPlace(above);
}

/**
 * {@link makeFolder} with the system's errors.
 *
 * @throws the system's error
 */
async function makeMissing(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) await makeMissing(above);
  await Deno.mkdir(path, { recursive: true }); // Another process may have created it by now
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(above);
  await folder.sync();
}

/**
 * Synchronous {@link makeMissing}.
 *
 * @throws the system's error
 */
export function makeMissingSync(path: string): void {
  if (isFolderSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeMissingSync(above);
  Deno.mkdirSync(path, { recursive: true });
  syncFolder(above);
}

/**
 * Creates the folders on the way from an existing one to one below it, and makes their names durable.
 * Unlike {@link makeMissingSync} it follows no link.
 *
 * @param made the folders of earlier calls, by path, with their identities: each is made once, as long as it is
 * where it was. Those of this call are added
 * @param realPaths of the pass that these calls are
 * @throws the system's error; `AlreadyExists` for what is there and no folder
 * @throws {DiskError} `replaced` if something has taken the place of one of `made`
 */
export function makeBelowSync(
  existing: string,
  path: string,
  made: Map<string, string | null> = new Map(),
  realPaths = new RealPaths(),
): void {
  let above = deepestMade(existing, path, { made, realPaths });
  if (path === above) return;
  for (const name of path.slice(folderPrefix(above).length).split(SEPARATOR)) {
    const folder = folderPrefix(above) + name;
    makeOneSync(above, folder);
    made.set(folder, folderIdentity(Deno.lstatSync(folder)));
    above = folder;
  }
}

/** If a folder is the same, and no link leads to it, so are those above it. */
function deepestMade(
  existing: string,
  path: string,
  { made, realPaths }: {
    readonly made: ReadonlyMap<string, string | null>;
    readonly realPaths: RealPaths;
  },
): string {
  if (made.size === 0) return existing;
  for (let folder = path; folder.length > existing.length; folder = dirname(folder)) {
    const identity = made.get(folder);
    if (identity === undefined) continue;
    checkFolderSync({ path: folder, identity }, realPaths);
    return folder;
  }
  return existing;
}

function makeOneSync(above: string, path: string): void {
  try {
    Deno.mkdirSync(path);
  } catch (error) {
    const isThere = error instanceof Deno.errors.AlreadyExists && Deno.lstatSync(path).isDirectory;
    if (!isThere) throw error;
  }
  syncFolder(above);
}

/** A folder that a lookup found, without links. */
export interface FoundFolder {
  readonly path: string;
  /** See `folderIdentity`. */
  readonly identity: string | null;
}

/**
 * Checks that nothing has taken the place of a folder since it was found.
 *
 * @throws {DiskError} `replaced`
 */
export function checkSameFolderSync({ path, identity }: FoundFolder): void {
  try {
    const info = Deno.lstatSync(path);
    if (info.isDirectory && folderIdentity(info) === identity) return;
  } catch {
    // It is gone
  }
  throw replacedError(path);
}

/**
 * The same, and that no link leads to the folder: one above it may have been moved, and a link to it be in its place.
 *
 * @param realPaths of the pass that the check belongs to: a single check looks at each folder on the way
 * @throws {DiskError} `replaced`
 */
export function checkFolderSync(found: FoundFolder, realPaths = new RealPaths()): void {
  checkSameFolderSync(found);
  if (!realPaths.isReal(found.path)) throw replacedError(found.path);
}

/**
 * Makes new names in a folder durable; does nothing on Windows, and in a folder that may be written but not read:
 * the system writes its names a while later.
 */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = openReadable(path);
  folder?.syncSync();
}

function openReadable(path: string): Deno.FsFile | null {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  }
}

/**
 * Sets a folder's time of modification.
 *
 * @param modifiedMs milliseconds since 1970
 * @throws {DiskError}
 */
export async function setFolderTime(path: string, modifiedMs: number): Promise<void> {
  try {
    await Deno.utime(path, new Date(), new Date(modifiedMs));
  } catch (error) {
    throw asDiskError(error, path, "set the time of");
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false; // Creating it reports the reason
  }
}

function isFolderSync(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
