import { basename, join } from "./path.ts";
import { digestText } from "./digest_text.ts";
import { DiskError } from "./disk_error.ts";
import { exists } from "./exists.ts";
import { syncFolder } from "./folders.ts";
import { resolveReal } from "./own_files.ts";
import { markFolder, STATE_FILES } from "./own_marks.ts";
import { type AsyncBusyOptions, retryBusyAsync } from "./retry_busy.ts";
import { readIfThere, withLock, writePrivateFile } from "./atomic_file.ts";

/** Holds the path of the folder to which they were moved. */
const NOTE_NAME = "taken-over";
const TAKE_OVER_LOCK = "take-over.lock";
/** Locked by a running server. */
export const SERVER_LOCK = "server.lock";
/** Characters of a served folder's name in the name of its state folder. */
const NAME_CHARACTERS = 40;
const HASH_DIGITS = 12;

/** The folder for the state of a server. */
export interface ServerState {
  readonly folder: string;
  /** Where the state was before this call moved it; `null` if it was not moved. */
  readonly movedFrom: string | null;
  /** If the folder is new: where the state that all servers shared went; `null` for nowhere. */
  readonly sharedWentTo: string | null;
}

/**
 * Finds the state folder of a served folder, below `stateRoot`. The first served folder takes over
 * the state that earlier versions kept for all of them.
 *
 * @param root the served folder, which need not exist
 * @param system for tests. Where a file is busy for a moment, the step is tried again
 * @throws the system's error
 */
export async function findServerState(
  stateRoot: string,
  root: string,
  system: AsyncBusyOptions = {},
): Promise<ServerState> {
  const folder = await serverStateFolder(stateRoot, root);
  if (exists(folder)) return { folder, movedFrom: null, sharedWentTo: null };
  await Deno.mkdir(join(stateRoot, "servers"), { recursive: true, mode: 0o700 });
  return await withLock(join(stateRoot, TAKE_OVER_LOCK), async () => {
    if (await takeOver(stateRoot, folder, system)) {
      return { folder, movedFrom: stateRoot, sharedWentTo: null };
    }
    const note = await readIfThere(join(stateRoot, NOTE_NAME));
    return { folder, movedFrom: null, sharedWentTo: note?.trim() || null };
  });
}

/** Where {@link findServerState} finds or makes the state folder. Changes nothing. */
export async function serverStateFolder(stateRoot: string, root: string): Promise<string> {
  return join(stateRoot, "servers", stateName(await resolveReal(root)));
}

/** A readable name, and a hash for the rest of the path. */
function stateName(realRoot: string): string {
  const name = basename(realRoot).replace(/[^\w.-]+/g, "_").slice(0, NAME_CHARACTERS);
  const hash = digestText(realRoot).slice(0, HASH_DIGITS);
  return name === "" ? hash : `${name}-${hash}`;
}

/** `false` if there is nothing to take over. After a crash, the next call goes on. */
async function takeOver(
  stateRoot: string,
  folder: string,
  system: AsyncBusyOptions,
): Promise<boolean> {
  const halfway = `${folder}.new`;
  const found = STATE_FILES.filter((name) => exists(join(stateRoot, name)));
  if ((found.length === 0 && !exists(halfway)) || exists(folder)) return false;
  const rename = (from: string, to: string) => retryBusyAsync(() => Deno.rename(from, to), system);
  const lock = lockDataFolder(stateRoot); // A server may use it under its own name
  try {
    await Deno.mkdir(halfway, { recursive: true, mode: 0o700 });
    for (const name of found) await rename(join(stateRoot, name), join(halfway, name));
    syncFolder(halfway);
    await writePrivateFile(join(stateRoot, NOTE_NAME), `${folder}\n`, system);
    await rename(halfway, folder);
    syncFolder(join(stateRoot, "servers"));
    return true;
  } finally {
    lock?.close();
  }
}

/**
 * Locks a data folder for one server, and creates it if missing. The caller closes the file, which
 * unlocks it.
 *
 * @returns `null` if the folder cannot be locked: what uses it reports the reason
 * @throws {DiskError} `in-use` while another server has the lock
 */
export function lockDataFolder(folder: string): Deno.FsFile | null {
  let file: Deno.FsFile | null = null;
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    markFolder(folder);
    const path = join(folder, SERVER_LOCK);
    file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    if (file.tryLockSync(true)) return file;
  } catch {
    file?.close();
    return null;
  }
  file.close();
  throw new DiskError("in-use", folder, `Cannot use ${folder}: another server uses it`);
}
