import type { Omissions, OmittedPath } from "../protocol/answers.ts";
import { LIMITS } from "../protocol/limits.ts";

/** What a listing leaves out, until it is told: all is counted, not all is named. */
export class OmittedPaths {
  #count = 0;
  #paths: OmittedPath[] = [];

  /** Adds what is left out. */
  add(omitted: OmittedPath): void {
    this.#count++;
    if (this.#paths.length < LIMITS.omissionsNamed) this.#paths.push(omitted);
  }

  /** What was added since the last call. */
  take(): Omissions {
    const omitted = { count: this.#count, paths: this.#paths };
    this.#count = 0;
    this.#paths = [];
    return omitted;
  }
}
