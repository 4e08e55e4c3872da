import type { DatabaseSync } from "node:sqlite";
import type { Account } from "./account.ts";
import { GRANTABLE_RIGHTS, type Right, rightsOfRole, type Role } from "./rights.ts";
import type { ScramVerifier } from "./scram_keys.ts";

/** A row as SQLite returns it. */
export type Row = Readonly<Record<string, unknown>>;

/** What all accounts of a database share. */
export interface AccountSettings {
  /** Decoys are made of it. */
  readonly secret: Uint8Array;
  /** Iterations of PBKDF2. */
  readonly iterations: number;
}

const SECRET_BYTES = 32;

/** The settings of a database, which are made where there are none yet. */
export function readSettings(database: DatabaseSync, iterations: number): AccountSettings {
  const select = database.prepare("SELECT secret, iterations FROM account_settings");
  if (select.get() === undefined) {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    // Another process may be at it, too: the first one's secret stays
    database.prepare("INSERT OR IGNORE INTO account_settings VALUES (1, ?, ?, 0)")
      .run(secret, iterations);
  }
  const row = select.get() ?? {};
  return { secret: bytesOf(row.secret), iterations: Number(row.iterations) };
}

/** The account of a row. */
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

/** The verifier of a row. */
export function toVerifier(row: Row): ScramVerifier {
  return {
    salt: bytesOf(row.salt),
    iterations: Number(row.iterations),
    storedKey: bytesOf(row.stored_key),
    serverKey: bytesOf(row.server_key),
  };
}

/** Words that are no rights, of whatever version wrote them, give none. */
function rightsOf(role: Role, stored: unknown): ReadonlySet<Right> {
  if (role === "admin" || typeof stored !== "string") return rightsOfRole(role);
  const words = stored.split(",");
  return new Set(GRANTABLE_RIGHTS.filter((right) => words.includes(right)));
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error("Cannot read the accounts: the database is damaged");
}
