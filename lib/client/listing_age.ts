/** How long what a listing tells counts, from its beginning: to move what is listed may take hours. */
const LISTED_MS = 60_000;

/** How old a listing is, which begins with this. */
export class ListingAge {
  readonly #sinceMs = performance.now();

  /** Whether what it tells still counts; else it is to be asked for again. */
  get isRecent(): boolean {
    return performance.now() - this.#sinceMs < LISTED_MS;
  }
}
