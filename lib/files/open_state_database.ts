import { join } from "./path.ts";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "./database.ts";
import { asDiskError } from "./disk_error.ts";
import { DATABASE_NAME } from "./own_marks.ts";

/**
 * Opens the database in the data folder of a server, which may run. The caller closes it.
 *
 * @throws {DiskError} if it cannot be used
 */
export function openStateDatabase(dataFolder: string): DatabaseSync {
  const path = join(dataFolder, DATABASE_NAME);
  try {
    return openDatabase(path);
  } catch (error) {
    throw asDiskError(error, path, "use");
  }
}
