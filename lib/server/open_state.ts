import { messageOf } from "../protocol/errors.ts";
import { join } from "@std/path";
import type { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase } from "../files/database.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerSettings } from "./config/options.ts";

/** The database in a data folder. */
export const DATABASE_NAME = "tcp-chat.db";

/**
 * Opens the database in the data folder. Where that fails, it says so and goes on with one in memory:
 * files can be served without a memory of their hashes, and people can talk without a history.
 */
export function openState({ dataDirectory, language, onEvent }: ServerSettings): DatabaseSync {
  if (dataDirectory === null) return openDatabase(IN_MEMORY);
  const path = join(dataDirectory, DATABASE_NAME);
  try {
    return openDatabase(path);
  } catch (error) {
    const reason = messageOf(error);
    onEvent({ event: "error", message: LOG_TEXTS[language].noState(path, reason) });
    return openDatabase(IN_MEMORY);
  }
}
