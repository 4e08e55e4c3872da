import type { BenchFixture } from "../fixture.ts";

/** A way to fetch a file of the served folder with other programs. */
export interface Rival {
  readonly name: string;
  /** The checks that the fetched content has passed. */
  readonly verifies: string;
  /** Whether they include its SHA-256. */
  readonly isSha256: boolean;
  /** The programs that have to be installed. */
  readonly programs: readonly string[];
  /**
   * Starts the server.
   *
   * @param programs their paths by name
   * @throws if a program cannot be started
   */
  start(fixture: BenchFixture, programs: Readonly<Record<string, string>>): Promise<RunningRival>;
}

/** A {@link Rival} that is ready. */
export interface RunningRival extends AsyncDisposable {
  /**
   * Fetches a file into an empty folder; resolves to the seconds from the first start to the last
   * exit.
   */
  fetch(name: string, directory: string): Promise<number>;
}
