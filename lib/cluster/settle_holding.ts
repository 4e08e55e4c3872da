import { type FileStamp, isSameStamp } from "../files/file_stamp.ts";
import type { HeldFile } from "../files/holdings.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { isAllowedPath, lastComponent, parentOf } from "../protocol/path.ts";
import { CATALOGUE_OWNER } from "../transfer/catalogue.ts";
import type { RootSyncServices } from "./root_services.ts";

/**
 * Gives a holding the path that the catalogue has for its content now; there is none: to the trash. A file that
 * has taken its place meanwhile stays.
 */
export async function settleFile(
  services: RootSyncServices,
  path: string,
  holding: Omit<HeldFile, "path">,
): Promise<void> {
  const { held, rows } = services;
  const { sha256, stamp } = holding;
  for (const to of rows.pathsOf(sha256, LIMITS.knownFiles)) {
    if (!await moveHeld(services, path, { to, stamp })) continue;
    forget(services, path, stamp);
    const moved = await held.lookAt(to); // The system may count renaming as a change
    if (moved !== null) held.note(to, { ...holding, stamp: moved.stamp });
    return;
  }
  await moveToTrash(services, path, stamp);
  forget(services, path, stamp);
}

/** Moves a file of the served folder to the trash. @param stamp the state that it must have; `null` for any */
export async function moveToTrash(
  { held, store, pool }: RootSyncServices,
  path: string,
  stamp: FileStamp | null,
): Promise<void> {
  const state = { stamp, nowMs: Date.now() };
  await pool.lookUp("moveToTrash", [store.root, held.placeOf(path), state], CATALOGUE_OWNER);
}

/** Forgets a holding, unless another one has its path by now. */
function forget({ held: { holdings } }: RootSyncServices, path: string, stamp: FileStamp): void {
  const holding = holdings.find(path);
  if (holding !== null && isSameStamp(holding.stamp, stamp)) holdings.delete(path);
}

/** Moves a file of the served folder; `false` if the new place is taken or cannot be made. */
async function moveHeld(
  services: RootSyncServices,
  path: string,
  { to, stamp }: { readonly to: string; readonly stamp: FileStamp },
): Promise<boolean> {
  const { held: { placeOf }, store: { folder }, pool } = services;
  if (!isAllowedPath(to)) return false;
  try {
    const parent = parentOf(to);
    const { isMade } = await pool.lookUp("makeFolder", [folder, parent, parent], CATALOGUE_OWNER);
    if (!isMade) return false;
    const places = { from: placeOf(path), to: placeOf(to), name: lastComponent(to) };
    const move = { ...places, replace: false, stamp };
    await pool.lookUp("moveServed", [folder, move], CATALOGUE_OWNER);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}

/** Removes a folder that the catalogue has not any more; one with something in it stays. */
export async function settleFolder(services: RootSyncServices, path: string): Promise<void> {
  await services.held.removeFolder(path); // What is in it is looked at by itself
  if (await services.held.isGone(path)) services.held.holdings.delete(path);
}
