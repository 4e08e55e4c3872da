import { dirname, join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import { asDiskError, type DiskError } from "./disk_error.ts";
import { makeUserFolder } from "./own_marks.ts";
import { readQuietly } from "./read_quietly.ts";
import { removeQuietly } from "./remove_quietly.ts";

/** Bytes of a claim before they are written as text. */
const CLAIM_BYTES = 16;

/**
 * The claim of this user for a link: made at the first use and kept in a file of the folder, so that a
 * broken transfer goes on by the same one. Where that cannot be kept, it is for this time only.
 *
 * @param folder for the claims, made if missing; `null` for none
 * @param id of the link
 * @param onUnkept called where the disk does not keep it
 */
export function linkClaim(
  folder: string | null,
  id: string,
  onUnkept: (error: DiskError) => void = () => {},
): string {
  const fresh = crypto.getRandomValues(new Uint8Array(CLAIM_BYTES)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  if (folder === null) return fresh;
  const path = join(folder, id);
  const kept = readClaim(path);
  if (kept !== null) return kept;
  try {
    writeClaim(path, fresh);
  } catch (error) {
    onUnkept(asDiskError(error, path, "write"));
  }
  return readClaim(path) ?? fresh;
}

function readClaim(path: string): string | null {
  const text = readQuietly(path) ?? "";
  const { claimCharactersMin: min, claimCharactersMax: max } = LIMITS;
  return text.length >= min && text.length <= max && /^[\w-]+$/.test(text) ? text : null;
}

/** Writes it in one step: no part of it is seen, and that of another process that was first stays. */
function writeClaim(path: string, claim: string): void {
  makeUserFolder(dirname(dirname(path)));
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  removeOld(dirname(path));
  const made = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeTextFileSync(made, claim, { createNew: true, mode: 0o600 });
    placeClaim(made, path, claim);
  } finally {
    removeQuietly(made);
  }
}

function placeClaim(made: string, path: string, claim: string): void {
  try {
    return Deno.linkSync(made, path);
  } catch {
    // There is something, or it is no file system for hard links
  }
  try {
    Deno.writeTextFileSync(path, claim, { createNew: true, mode: 0o600 });
  } catch {
    if (readClaim(path) === null) Deno.renameSync(made, path); // What a full disk has left
  }
}

/** Removes the claims of links that have expired by now, whatever their life was. */
function removeOld(folder: string): void {
  for (const { name } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    const modified = modifiedOf(path);
    if (modified !== null && Date.now() - modified > LIMITS.linkMsMax) removeQuietly(path);
  }
}

/** `null` for what another process has removed. */
function modifiedOf(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? null;
  } catch {
    return null;
  }
}
