import { fill } from "../protocol/fill_text.ts";
import { join } from "../files/path.ts";
import type { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase, stopWaitingForLocks } from "../files/database.ts";
import { DatabaseFile } from "../files/database_file.ts";
import { DiskError } from "../files/disk_error.ts";
import { DATABASE_NAME } from "../files/own_marks.ts";
import { messageOf } from "../protocol/errors.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";

/** The state of a server. */
export interface ServerState {
  readonly database: DatabaseSync;
  readonly file: DatabaseFile;
}

/**
 * Opens the database in the data folder; without one, a database in memory. Also in memory if that in
 * the folder cannot be used and the settings allow it, which is reported.
 *
 * @throws {DiskError} if the database cannot be used: without it there are no bans and accounts
 */
export function openState(settings: ServerSettings): ServerState {
  const { dataDirectory, requireAccount, withoutDatabase, language, onEvent } = settings;
  const noAccounts = fill(LOG_TEXTS.noAccounts, language);
  if (dataDirectory === null && requireAccount) throw new DiskError("io", "", noAccounts);
  if (dataDirectory === null) return openAt(IN_MEMORY);
  const path = join(dataDirectory, DATABASE_NAME);
  try {
    return openAt(path);
  } catch (error) {
    if (requireAccount) throw new DiskError("io", dataDirectory, noAccounts);
    const facts = { path, reason: messageOf(error) };
    if (!withoutDatabase) {
      throw new DiskError("io", path, fill(LOG_TEXTS.noDatabase, language, facts));
    }
    onEvent({ event: "error", message: fill(LOG_TEXTS.noState, language, facts) });
    return openAt(IN_MEMORY);
  }
}

function openAt(path: string): ServerState {
  const database = openDatabase(path);
  stopWaitingForLocks(database);
  return { database, file: new DatabaseFile(database, path) };
}
