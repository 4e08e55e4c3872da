import { join } from "@std/path";
import type { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase } from "../files/database.ts";
import { DiskError } from "../files/disk_error.ts";
import { messageOf } from "../protocol/errors.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";

/** The name of the database in the data folder. */
export const DATABASE_NAME = "tcp-chat.db";

/**
 * Opens the database in the data folder. If that fails, reports it and opens a database in memory:
 * files can be served without stored hashes, and clients can chat without a history.
 *
 * @throws {DiskError} if accounts are required: without a stored database there are none
 */
export function openState(settings: ServerSettings): DatabaseSync {
  const { dataDirectory, requireAccount, language } = settings;
  const database = dataDirectory === null ? null : openInFolder(dataDirectory, settings);
  if (database !== null) return database;
  if (!requireAccount) return openDatabase(IN_MEMORY);
  throw new DiskError("io", dataDirectory ?? "", LOG_TEXTS[language].noAccounts);
}

function openInFolder(
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
