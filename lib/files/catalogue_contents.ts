import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A content that at least one file of the catalogue has. */
export interface CataloguedContent {
  /** In hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The contents of the catalogue, each once, whatever paths they have. */
export class CatalogueContents {
  readonly #page: StatementSync;

  /** The caller owns the database and closes it. */
  constructor(database: DatabaseSync) {
    this.#page = database.prepare(
      `SELECT sha256, MAX(size) AS size FROM catalogue
       WHERE sha256 IS NOT NULL AND sha256 > ? GROUP BY sha256 ORDER BY sha256 LIMIT ?`,
    );
  }

  /** Some of them behind a SHA-256, in their order. @param after `""` for the first ones */
  page(after: string, limit: number): CataloguedContent[] {
    return this.#page.all(after, limit).map(({ sha256, size }) => ({
      sha256: String(sha256),
      sizeBytes: Number(size),
    }));
  }
}
