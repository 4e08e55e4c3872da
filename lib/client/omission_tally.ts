import type { Omissions } from "../protocol/answers.ts";
import { LIMITS } from "../protocol/limits.ts";

/** Counts what one call leaves out, and names a part of it. */
export class OmissionTally {
  readonly #named = new Map<string, Omissions["paths"][number]>();
  #unnamed = 0;

  /** What is left out so far. */
  get omissions(): Omissions {
    return { count: this.#named.size + this.#unnamed, paths: [...this.#named.values()] };
  }

  /** Adds what is left out. What is named twice is counted once. */
  add(omitted: Omissions): void {
    this.#unnamed += omitted.count - omitted.paths.length;
    for (const each of omitted.paths) {
      const isKept = this.#named.has(each.path) || this.#named.size < LIMITS.omissionsKept;
      if (isKept) this.#named.set(each.path, each);
      else this.#unnamed++;
    }
  }
}
