import { toLocalPath } from "../files/local_name.ts";
import { lookAt } from "../files/look_at.ts";
import { join } from "../files/path.ts";
import { lastComponent } from "../protocol/path.ts";

/**
 * Whether something of what is asked for may be here, as far as the names tell: then the hashes of the server are of
 * use. A pattern may stand for whatever is in the folder.
 *
 * @param directory where it would be
 * @param paths or patterns, on the server
 */
export async function isAnyHere(directory: string, paths: readonly string[]): Promise<boolean> {
  const places = paths.map((path) => /[*?[{]/.test(path) ? "" : toLocalPath(lastComponent(path)));
  const looks = places.map((place) => lookAt(join(directory, place)).catch(() => null));
  return (await Promise.all(looks)).some((state) => state !== null);
}
