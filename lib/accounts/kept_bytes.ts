import { LIMITS } from "../protocol/limits.ts";

/** A kept part takes a block of the disk at least. This bounds their number by what the link takes. */
const BLOCK_BYTES = 4096;

/** A part of an upload that has broken off. */
interface KeptPart {
  readonly bytes: number;
  /** It is removed by then, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** What is kept of uploads by links that have broken off. */
export class KeptBytes {
  /** By link, then by the name of the part. */
  readonly #byLink = new Map<string, Map<string, KeptPart>>();

  /** Bytes that are kept for a link, but for one part, which is about to go on. */
  sum(link: string, except: string | null, nowMs: number = Date.now()): number {
    const parts = this.#byLink.get(link) ?? new Map<string, KeptPart>();
    let sum = 0;
    for (const [part, { bytes, untilMs }] of parts) {
      if (untilMs <= nowMs) this.set(link, part, 0);
      else if (part !== except) sum += bytes;
    }
    return sum;
  }

  /** Sets the bytes of a part; 0 if nothing is kept of it. */
  set(link: string, part: string, bytes: number, nowMs: number = Date.now()): void {
    const parts = this.#byLink.get(link) ?? new Map<string, KeptPart>();
    if (bytes > 0) {
      const untilMs = nowMs + LIMITS.unfinishedUploadMs;
      parts.set(part, { bytes: Math.max(bytes, BLOCK_BYTES), untilMs });
    } else parts.delete(part);
    if (parts.size > 0) this.#byLink.set(link, parts);
    else this.#byLink.delete(link);
  }
}
