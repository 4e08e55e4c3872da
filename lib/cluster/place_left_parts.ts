import { LIMITS } from "../protocol/limits.ts";
import type { LeftPart, UploadParts } from "../files/upload_parts.ts";
import { CATALOGUE_OWNER } from "../transfer/catalogue.ts";
import { serverOf } from "./incarnation.ts";
import type { RootSyncServices } from "./root_services.ts";

/** Contents that are looked for at a time. */
const CONTENTS_AT_ONCE = 1_000;

/**
 * Gives parts their names whose uploads the log has taken, but which died before: the catalogue says that this
 * server has their contents, and they lie nowhere else.
 */
export async function placeLeftParts(
  services: RootSyncServices,
  parts: UploadParts,
  signal: AbortSignal,
): Promise<void> {
  const { log, copies, hasElsewhere } = services;
  const unplaced = copies.unplaced(serverOf(log.incarnation), CONTENTS_AT_ONCE)
    .filter((sha256) => !hasElsewhere(sha256));
  if (unplaced.length === 0) return;
  await parts.discover(signal);
  const left = await parts.list();
  for (const sha256 of unplaced) await placePart(services, sha256, left);
}

async function placePart(
  { rows, held, hashes, pool }: RootSyncServices,
  sha256: string,
  parts: readonly LeftPart[],
): Promise<void> {
  for (const path of rows.pathsOf(sha256, LIMITS.knownFiles)) {
    const size = rows.find(path)?.size;
    for (const { path: part, stamp } of parts.filter(({ sizeBytes }) => sizeBytes === size)) {
      const found = await hashes.get({ realPath: part, stamp }).catch(() => null); // Gone by now
      if (found !== sha256) continue;
      if (!await pool.lookUp("placePart", [part, held.placeOf(path)], CATALOGUE_OWNER)) continue;
      const file = await held.lookAt(path);
      if (file !== null) {
        held.note(path, { stamp: file.stamp, sha256, checkedMs: Date.now(), isWrong: false });
      }
      return;
    }
  }
}
