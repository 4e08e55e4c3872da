import { type SnapshotFile, writeSnapshot } from "../files/database_snapshot.ts";

/** The jobs of a worker on the database of the server. */
export class DatabaseJobs {
  /** See {@link writeSnapshot}. */
  writeSnapshot(databasePath: string, path: string): SnapshotFile {
    return writeSnapshot(databasePath, path);
  }
}
