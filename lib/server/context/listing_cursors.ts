import type { Listing } from "../../files/listing.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** The request that a listing goes on with. */
export interface ListingCursorKey {
  /** The number of the client. */
  readonly client: number;
  readonly path: string;
  readonly recursive: boolean;
  /** The last path of the answer before. */
  readonly after: string;
}

/**
 * Listings that were left off where an answer was full, for the request that goes on there: a large
 * folder is read once, and not again for each page.
 *
 * They are kept for a short time, and as long as all of them together hold no more than so many
 * names; the oldest go first. Who asks for one that is not kept has the folder read again.
 */
export class ListingCursors<L extends Pick<Listing, "heldNames"> = Listing> {
  readonly #kept = new Map<string, { readonly listing: L; readonly sinceMs: number }>();
  #names = 0;

  /** Keeps a listing that nobody reads now. */
  save(key: ListingCursorKey, listing: L): void {
    this.claim(key);
    this.#kept.set(textOf(key), { listing, sinceMs: performance.now() });
    this.#names += listing.heldNames;
    for (const text of this.#kept.keys()) {
      if (this.#names <= LIMITS.listingCursorNames) break;
      this.#drop(text);
    }
  }

  /** The listing that goes on there, which is not kept any more; `null` where there is none. */
  claim(key: ListingCursorKey): L | null {
    this.sweep(performance.now());
    return this.#drop(textOf(key));
  }

  /** Lets go of what was kept for too long. @param nowMs a reading of `performance.now()` */
  sweep(nowMs: number): void {
    for (const [text, { sinceMs }] of this.#kept) {
      if (nowMs - sinceMs <= LIMITS.listingCursorMs) break; // The others are younger
      this.#drop(text);
    }
  }

  #drop(text: string): L | null {
    const kept = this.#kept.get(text);
    if (kept === undefined) return null;
    this.#kept.delete(text);
    this.#names -= kept.listing.heldNames;
    return kept.listing;
  }
}

/** A path holds no control characters, so no two keys have the same text. */
function textOf({ client, path, recursive, after }: ListingCursorKey): string {
  return `${client}\0${recursive}\0${path}\0${after}`;
}
