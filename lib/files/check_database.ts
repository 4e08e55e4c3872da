import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../protocol/errors.ts";
import { SCHEMA_VERSION } from "./database.ts";

/** The check of a larger database takes longer than a user waits: 1 GB takes about a second. */
const LARGEST_BYTES = 2_000_000_000;

/** The state of a database file. */
export type DatabaseState =
  | { readonly state: "missing" }
  | { readonly state: "sound" | "large"; readonly bytes: number }
  | { readonly state: "newer"; readonly version: number }
  | { readonly state: "bad"; readonly problem: string };

/** Checks the database of a server without changing it, also while the server runs. Blocks meanwhile. */
export function checkDatabase(path: string): DatabaseState {
  try {
    const { size: bytes } = Deno.statSync(path);
    if (bytes > LARGEST_BYTES) return { state: "large", bytes };
    const database = new DatabaseSync(path); // Read-only, it would leave files beside the database
    try {
      const read = (pragma: string) => Object.values(database.prepare(pragma).get() ?? {})[0];
      const verdict = String(read("PRAGMA quick_check(1)"));
      if (verdict !== "ok") return { state: "bad", problem: verdict };
      const version = Number(read("PRAGMA user_version"));
      return version > SCHEMA_VERSION ? { state: "newer", version } : { state: "sound", bytes };
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { state: "missing" };
    return { state: "bad", problem: messageOf(error) };
  }
}
