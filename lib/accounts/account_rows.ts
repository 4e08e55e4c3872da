import type { DatabaseSync } from "node:sqlite";
import type { Account } from "./account.ts";
import { GRANTABLE_RIGHTS, type Right, rightsOfRole, type Role } from "./rights.ts";
import type { ScramVerifier } from "./scram_keys.ts";

/** A row as SQLite returns it. */
export type Row = Readonly<Record<string, unknown>>;

/** The settings that all accounts of a database share. */
export interface AccountSettings {
  /** The key that mock verifiers are derived with. */
  readonly secret: Uint8Array;
  /** Iterations of PBKDF2. */
  readonly iterations: number;
}

const SECRET_BYTES = 32;
/** Section 3.5 of the protocol. A database keeps the number that it was created with. */
const ITERATIONS = 16_384;

/** Settings that no database has. @param iterations default: 16,384 */
export function newSettings(iterations: number = ITERATIONS): AccountSettings {
  return { secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)), iterations };
}

/** Reads the settings of a database; creates them if there are none yet. */
export function readSettings(database: DatabaseSync, iterations?: number): AccountSettings {
  const select = database.prepare("SELECT secret, iterations FROM account_settings");
  if (select.get() === undefined) {
    const made = newSettings(iterations);
    // Another process may do the same: the secret inserted first stays
    database.prepare("INSERT OR IGNORE INTO account_settings VALUES (1, ?, ?, 0)")
      .run(made.secret, made.iterations);
  }
  const row = select.get() ?? {};
  return { secret: bytesOf(row.secret), iterations: Number(row.iterations) };
}

export function toAccount(row: Row): Account {
  const role: Role = row.role === "admin" ? "admin" : "member";
  return {
    name: String(row.name),
    role,
    rights: rightsOf(role, row.rights),
    createdMs: Number(row.created_ms),
    revision: Number(row.revision),
  };
}

export function toVerifier(row: Row): ScramVerifier {
  return {
    salt: bytesOf(row.salt),
    iterations: Number(row.iterations),
    storedKey: bytesOf(row.stored_key),
    serverKey: bytesOf(row.server_key),
  };
}

/** Unknown words, such as those of another version, grant no right. */
function rightsOf(role: Role, stored: unknown): ReadonlySet<Right> {
  if (role === "admin" || typeof stored !== "string") return rightsOfRole(role);
  const words = stored.split(",");
  return new Set(GRANTABLE_RIGHTS.filter((right) => words.includes(right)));
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error("Cannot read the accounts: the database is damaged");
}
