import { DiskError } from "../files/disk_error.ts";
import { messageOf } from "../protocol/errors.ts";
import { join } from "@std/path";
import type { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase } from "../files/database.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";

/** The database in a data folder. */
export const DATABASE_NAME = "tcp-chat.db";

/**
 * Opens the database in the data folder. Where that fails, the server goes on with one in memory, and
 * says so: files can be served without stored hashes, and clients can talk without a history.
 *
 * @throws {DiskError} when accounts are required: without a database there are none
 */
export function openState(settings: ServerSettings): DatabaseSync {
  const { dataDirectory, requireAccount, language } = settings;
  const database = dataDirectory === null ? null : openStored(dataDirectory, settings);
  if (database !== null) return database;
  if (!requireAccount) return openDatabase(IN_MEMORY);
  throw new DiskError("io", dataDirectory ?? "", LOG_TEXTS[language].noAccounts);
}

function openStored(
  dataDirectory: string,
  { language, onEvent }: ServerSettings,
): DatabaseSync | null {
  const path = join(dataDirectory, DATABASE_NAME);
  try {
    return openDatabase(path);
  } catch (error) {
    onEvent({ event: "error", message: LOG_TEXTS[language].noState(path, messageOf(error)) });
    return null;
  }
}
