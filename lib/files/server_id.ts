import { join } from "./path.ts";
import { readIfThere, writePrivateFile } from "./atomic_file.ts";

/** The name of the file in the data folder that has the id of the server. */
export const SERVER_ID_NAME = "server-id";
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const LENGTH = 8;

/** The id of a server: base32 (RFC 4648, section 6) in small letters. */
export const SERVER_ID = /^[a-z2-7]{8}$/;

/**
 * The id of the server that has a data folder: 8 letters of base32. It is made at the first call, by chance,
 * and kept in the folder.
 *
 * @throws the system's error; a text in the file that is no id
 */
export async function readServerId(folder: string): Promise<string> {
  const found = await findServerId(folder);
  if (found !== null) return found;
  const id = newServerId();
  await writePrivateFile(join(folder, SERVER_ID_NAME), `${id}\n`);
  return id;
}

/** The id that is in a data folder; `null` if none was made. @throws as {@link readServerId} does */
export async function findServerId(folder: string): Promise<string | null> {
  const path = join(folder, SERVER_ID_NAME);
  const found = (await readIfThere(path))?.trim();
  if (found === undefined) return null;
  if (SERVER_ID.test(found)) return found;
  throw new Error(`Cannot read ${path}: it does not hold 8 letters of base32`);
}

function newServerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("");
}
