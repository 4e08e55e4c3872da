import { freeBytes } from "./system.ts";

/** The free bytes of a folder's file system, for callers that cannot wait: each call begins the next measurement. */
export class FreeSpace {
  readonly #folder: string;
  #bytes: number | null = null;
  #isMeasuring = false;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves once the folder is measured. */
  static async of(folder: string): Promise<FreeSpace> {
    const space = new FreeSpace(folder);
    await space.#measure();
    return space;
  }

  /** What was measured last; `null` if the system does not report it. */
  get bytes(): number | null {
    if (!this.#isMeasuring) void this.#measure();
    return this.#bytes;
  }

  /** A file system that does not answer is asked once. */
  async #measure(): Promise<void> {
    this.#isMeasuring = true;
    this.#bytes = await freeBytes(this.#folder);
    this.#isMeasuring = false;
  }
}
