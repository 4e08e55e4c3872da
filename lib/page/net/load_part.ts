import { ConnectionError } from "../../protocol/errors.ts";

/** The event of the window when a part of the page cannot be loaded. */
export const PART_MISSING = "part";

/**
 * A part of the page that the page cannot do without, once something needs it.
 *
 * @param loading the import of the module
 * @throws {ConnectionError} `lost` if it cannot be loaded; the page says so, which may have to be loaded again:
 * browsers do not try again, or the server has another version of it by now
 */
export async function loadPart<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    dispatchEvent(new Event(PART_MISSING));
    throw new ConnectionError("lost", PART_MISSING, { cause });
  }
}
