import { dirname, join } from "./path.ts";
import { LIMITS } from "../protocol/limits.ts";
import { makeUserFolder } from "./own_marks.ts";
import { readQuietly } from "./read_quietly.ts";

/** Bytes of a claim before they are written as text. */
const CLAIM_BYTES = 16;

/**
 * The claim of this user for a link: made at the first use and kept in a file of the folder, so that a
 * broken transfer goes on by the same one. Where that cannot be kept, it is for this time only.
 *
 * @param folder for the claims, made if missing; `null` for none
 * @param id of the link
 */
export function linkClaim(folder: string | null, id: string): string {
  const fresh = crypto.getRandomValues(new Uint8Array(CLAIM_BYTES)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  if (folder === null) return fresh;
  const path = join(folder, id);
  return readClaim(path) ?? (writeClaim(path, fresh) ? fresh : readClaim(path) ?? fresh);
}

function readClaim(path: string): string | null {
  const text = readQuietly(path) ?? "";
  const { claimCharactersMin: min, claimCharactersMax: max } = LIMITS;
  return text.length >= min && text.length <= max && /^[\w-]+$/.test(text) ? text : null;
}

/** Returns `false` where another process was first, or the disk fails. */
function writeClaim(path: string, claim: string): boolean {
  try {
    makeUserFolder(dirname(dirname(path)));
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    removeOld(dirname(path));
    Deno.writeTextFileSync(path, claim, { createNew: true, mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** Removes the claims of links that have expired by now, whatever their life was. */
function removeOld(folder: string): void {
  for (const { name } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    const { mtime } = Deno.statSync(path);
    if (Date.now() - (mtime?.getTime() ?? 0) > LIMITS.linkMsMax) Deno.removeSync(path);
  }
}
