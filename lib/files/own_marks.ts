import { basename, dirname, join, SEPARATOR } from "./path.ts";
import { PRIVATE_FOLDER } from "../protocol/path.ts";
import { exists } from "./exists.ts";

/** The name of the database in the data folder. */
export const DATABASE_NAME = "tcp-chat.db";
/** The name of the key of TLS there, … */
export const TLS_KEY_NAME = "tls-key.pem";
/** … and of the certificate for it. */
export const TLS_CERTIFICATE_NAME = "tls-cert.pem";
/** The folder for the state, or the settings, of a user. */
const USER_FOLDER = "tcp-chat";

/**
 * A file of one of these names marks its folder as the programs' own. No peer can make one: the path rules
 * refuse the first, and {@link isOwnName} the second, which is in data folders from before the mark.
 */
const MARKS = [PRIVATE_FOLDER, DATABASE_NAME];
const MARK_TEXT = "The folder of this file belongs to tcp-chat, which never serves or sends it.\n";

/** Files of a data folder, as far as they hold what is secret or decides. */
export const STATE_FILES = [
  "rules",
  TLS_KEY_NAME,
  TLS_CERTIFICATE_NAME,
  "tcp-chat.db-wal",
  "tcp-chat.db-shm",
  DATABASE_NAME,
];

/** The database with the files beside it; and the usual places of a user's state and settings. */
const OWN_NAMES =
  /(?:^|[\\/])(?:tcp-chat\.db(?:-wal|-shm|-journal)?|(?:\.config|\.local[\\/]state|AppData[\\/](?:Local|Roaming))[\\/]tcp-chat)(?=[\\/]|$)/gi;

/** The same places, component by component. */
const OWN_PLACES = [
  [".config", USER_FOLDER],
  [".local", "state", USER_FOLDER],
  ["AppData", "Local", USER_FOLDER],
  ["AppData", "Roaming", USER_FOLDER],
];

/**
 * Whether a path leads to, or through, what is the programs' own by its name, whatever server or user
 * it belongs to.
 *
 * @param root the path above which names do not count
 * @param path absolute, at or below `root`
 */
export function isOwnName(root: string, path: string): boolean {
  for (const { index, 0: { length } } of path.matchAll(OWN_NAMES)) {
    if (index + length > root.length) return true;
  }
  return false;
}

/**
 * Whether a folder holds what is the programs' own only by the names on the way to it: under another
 * name, it would be served. Synchronous, for use in a worker.
 */
export function holdsOwnNames(path: string): boolean {
  const names = path.split(SEPARATOR);
  return OWN_PLACES.some((place) =>
    place.some((_, at) => {
      const ending = names.slice(-at).join("/").toLowerCase();
      if (at === 0 || ending !== place.slice(0, at).join("/").toLowerCase()) return false;
      return exists(join(path, ...place.slice(at)));
    })
  );
}

/** Whether a file of a name marks its folder as the programs' own. */
export function isMark(name: string): boolean {
  return MARKS.includes(name);
}

/** Whether a folder carries a mark of the programs. Synchronous, for use in a worker. */
export function isMarkedFolder(path: string): boolean {
  return MARKS.some((name) => exists(join(path, name)) && isFile(join(path, name)));
}

/** As {@link isMarkedFolder}, for a thread that must not wait for the disk. */
export async function isMarkedLater(path: string): Promise<boolean> {
  const looks = MARKS.map((name) => Deno.lstat(join(path, name)));
  const found = await Promise.allSettled(looks); // A missing one rejects
  return found.some((look) => look.status === "fulfilled" && look.value.isFile);
}

/** Whether a path is that of a file of the state in a folder that carries a mark. */
export function isStateFile(path: string): boolean {
  return STATE_FILES.includes(basename(path)) && isMarkedFolder(dirname(path));
}

/** Marks an existing folder as the programs' own. A failure is ignored: what uses it reports it. */
export function markFolder(path: string): void {
  try {
    Deno.writeTextFileSync(join(path, PRIVATE_FOLDER), MARK_TEXT, { createNew: true, mode: 0o600 });
  } catch {
    // The mark is there, or the folder cannot be written
  }
}

/** Creates the folder of a user's file. It is marked, unless it has a name of the user's choice. */
export function makeUserFolder(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  if (basename(path) === USER_FOLDER) markFolder(path);
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false; // It has gone, or cannot be examined
  }
}
