import type { BenchFixture } from "../fixture.ts";

/** A way to fetch a file of the served folder, with whatever programs that takes. */
export interface Rival {
  readonly name: string;
  /** What is sure about the content once it is there. */
  readonly verifies: string;
  /** Whether that includes its SHA-256. */
  readonly isSha256: boolean;
  /** The programs that must be there. */
  readonly programs: readonly string[];
  /**
   * Starts what serves the files.
   *
   * @param programs where the programs are, by name
   * @throws when something cannot be started
   */
  start(place: BenchFixture, programs: Readonly<Record<string, string>>): Promise<RunningRival>;
}

/** A {@link Rival} that is ready. */
export interface RunningRival extends AsyncDisposable {
  /** Fetches a file into an empty folder; the seconds from the first start to the last end. */
  fetch(name: string, directory: string): Promise<number>;
}
