import { join } from "@std/path";
import type { DatabaseSync } from "node:sqlite";
import { IN_MEMORY, openDatabase } from "../files/database.ts";
import { NOTICES } from "./notices.ts";
import type { ServerSettings } from "./options.ts";

const DATABASE_NAME = "tcp-chat.db";

/**
 * Opens the database in the data folder. Where that fails, it says so and goes on without: files
 * can be served without a memory of their hashes.
 */
export function openState({ dataDirectory, language, onEvent }: ServerSettings): DatabaseSync {
  if (dataDirectory === null) return openDatabase(IN_MEMORY);
  const path = join(dataDirectory, DATABASE_NAME);
  try {
    return openDatabase(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    onEvent({ event: "error", message: NOTICES[language].noState(path, reason) });
    return openDatabase(IN_MEMORY);
  }
}
