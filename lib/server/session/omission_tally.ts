import type { Omissions, OmittedPath } from "../../protocol/answers.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { countUtf8 } from "../../protocol/count_utf8.ts";

/** Bytes of DONE for the names of what is left out: at least one entry fits beside them. */
const MAX_OMISSION_BYTES = 16 * 1024;

/** What an answer leaves out: named as far as there is room, and counted. */
export class OmissionTally {
  readonly #paths: OmittedPath[] = [];
  #count = 0;
  #bytes = 0;

  /** Bytes of the names on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `null` if nothing is left out. */
  get all(): Omissions | null {
    return this.#count === 0 ? null : { count: this.#count, paths: this.#paths };
  }

  /** Adds what is left out; names that there is no room for are only counted. */
  add({ count, paths }: Omissions): void {
    this.#count += count;
    for (const path of paths) {
      const bytes = countUtf8(JSON.stringify(path)) + 1;
      if (this.#bytes + bytes > MAX_OMISSION_BYTES) return;
      if (this.#paths.length >= LIMITS.omissionsNamed) return;
      this.#bytes += bytes;
      this.#paths.push(path);
    }
  }
}
