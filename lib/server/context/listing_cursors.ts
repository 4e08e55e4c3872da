import type { ListedPages } from "../../files/listing.ts";
import { LIMITS } from "../../protocol/limits.ts";

/** The request that continues a listing. */
export interface ListingCursorKey {
  /** The number of the client's connection. */
  readonly client: number;
  readonly path: string;
  readonly recursive: boolean;
  readonly names: boolean;
  readonly sums: boolean;
  /** The last path of the page before. */
  readonly after: string;
}

/**
 * Listings of several pages, kept for the request of the next page: a large folder is read once,
 * not once per page.
 *
 * A listing expires after a short time, and the oldest are dropped while all of them together hold
 * too many names. Then the folder is read again.
 */
export class ListingCursors<L extends Pick<ListedPages, "heldNames"> = ListedPages> {
  readonly #kept = new Map<string, { readonly listing: L; readonly sinceMs: number }>();
  #names = 0;

  /** Keeps a listing until its next page is requested. */
  save(key: ListingCursorKey, listing: L): void {
    this.claim(key);
    this.#kept.set(textOf(key), { listing, sinceMs: performance.now() });
    this.#names += listing.heldNames;
    for (const text of this.#kept.keys()) {
      if (this.#names <= LIMITS.listingCursorNames) break;
      this.#drop(text);
    }
  }

  /** Removes and returns the listing for a request; `null` if none is kept. */
  claim(key: ListingCursorKey): L | null {
    this.sweep(performance.now());
    return this.#drop(textOf(key));
  }

  /** Drops expired listings. @param nowMs a reading of `performance.now()` */
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
function textOf({ client, path, recursive, names, sums, after }: ListingCursorKey): string {
  return `${client}\0${recursive}\0${names}\0${sums}\0${path}\0${after}`;
}
