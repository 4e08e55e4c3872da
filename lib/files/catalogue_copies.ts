import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Which servers have which contents of the catalogue, as they have told. */
export class CatalogueCopies {
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeServer: StatementSync;
  readonly #holders: StatementSync;
  readonly #unplaced: StatementSync;

  /** The caller owns the database and closes it. */
  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT OR IGNORE INTO copies SELECT ?1, ?2
       WHERE EXISTS (SELECT 1 FROM catalogue WHERE sha256 = ?1)`,
    );
    this.#remove = database.prepare("DELETE FROM copies WHERE sha256 = ? AND server = ?");
    this.#removeServer = database.prepare("DELETE FROM copies WHERE server = ?");
    this.#unplaced = database.prepare(
      `SELECT sha256 FROM copies WHERE server = ? AND NOT EXISTS
         (SELECT 1 FROM holdings WHERE holdings.sha256 = copies.sha256) LIMIT ?`,
    );
    this.#holders = database.prepare("SELECT server FROM copies WHERE sha256 = ? ORDER BY server");
  }

  /** A server has a content. Nothing happens for one that no file has. @param sha256 in hex */
  add(sha256: string, server: string): void {
    this.#add.run(sha256, server);
  }

  /** A server has a content no more. */
  remove(sha256: string, server: string): void {
    this.#remove.run(sha256, server);
  }

  /** A server has no contents any more. */
  removeServer(server: string): void {
    this.#removeServer.run(server);
  }

  /** Contents that a server has said to have, and that no holding of this database has; a few of them. */
  unplaced(server: string, limit: number): string[] {
    return this.#unplaced.all(server, limit).map(({ sha256 }) => String(sha256));
  }

  /** The ids of the servers that have a content. */
  holdersOf(sha256: string): string[] {
    return this.#holders.all(sha256).map(({ server }) => String(server));
  }
}
