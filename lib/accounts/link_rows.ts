import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LinkKind } from "../protocol/link_answers.ts";
import type { Row } from "./account_rows.ts";
import type { Link } from "./link.ts";

/** What counts for the limits: all that still work. Takes the time. */
export const WORKS = "revoked_ms IS NULL AND expires_ms > ? AND claims_left IS NOT 0";

/** Reads links and their claims. Nothing is cached. Methods throw the errors of SQLite. */
export class LinkRows {
  readonly #link: StatementSync;
  readonly #openClaim: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#link = database.prepare("SELECT * FROM links WHERE id = ?");
    this.#openClaim = database.prepare(
      "SELECT 1 FROM link_claims WHERE link = ? AND claim = ? AND until_ms > ?",
    );
  }

  /** The row of a link; `null` if there is none, or it was forgotten. */
  get(id: string): Row | null {
    return this.#link.get(id) ?? null;
  }

  /** The link of an id; `null` if there is none, or it was forgotten. */
  find(id: string): Link | null {
    const row = this.get(id);
    return row === null ? null : toLink(row);
  }

  /** Whether a claim was taken, and is still open. @param nowMs milliseconds since 1970 */
  isOpen(id: string, claim: string, nowMs: number): boolean {
    return this.#openClaim.get(id, claim, nowMs) !== undefined;
  }
}

/** Reads a link out of its row. */
export function toLink(row: Row): Link {
  const kind: LinkKind = row.kind === "put" ? "put" : "get";
  const creator = { name: String(row.creator), createdMs: Number(row.creator_ms) };
  return {
    id: String(row.id),
    kind,
    path: String(row.path),
    truePath: String(row.true_path),
    creator: row.creator === null ? null : creator,
    createdMs: Number(row.created_ms),
    expiresMs: Number(row.expires_ms),
    count: numberOrNull(row.count),
    left: numberOrNull(row.claims_left),
    sizeBytes: numberOrNull(row.size_bytes),
    bytesLeft: numberOrNull(row.bytes_left),
    note: row.note === null ? null : String(row.note),
    revokedMs: numberOrNull(row.revoked_ms),
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}
