import type { DatabaseSync, StatementSync } from "node:sqlite";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { LinkCreator } from "./link.ts";
import { WORKS } from "./link_rows.ts";

/** The limits of how many links there are. */
export class LinkRoom {
  readonly #count: StatementSync;
  readonly #countOf: StatementSync;

  /** Uses the database, does not own it. */
  constructor(database: DatabaseSync) {
    this.#count = database.prepare(`SELECT COUNT(*) AS n FROM links WHERE ${WORKS}`);
    this.#countOf = database.prepare(
      `SELECT COUNT(*) AS n FROM links WHERE ${WORKS} AND creator IS ? AND creator_ms IS ?`,
    );
  }

  /** Checks that one more may be made. @throws {RequestError} `busy` `links-full` */
  check(creator: LinkCreator | null, nowMs: number): void {
    const total = Number(this.#count.get(nowMs)?.n);
    const own = creator === null
      ? 0
      : Number(this.#countOf.get(nowMs, creator.name, creator.createdMs)?.n);
    if (total < LIMITS.links && own < LIMITS.linksPerAccount) return;
    throw new RequestError("busy", "Cannot make the link: there are too many", {
      reason: "links-full",
    });
  }
}
