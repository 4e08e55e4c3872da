import { BoundedMap } from "../../async/bounded_map.ts";
import { digestText } from "../../files/digest_text.ts";

/** Files that are remembered. */
const MAX_FILES = 20_000;

/** A content at a path. */
interface PlacedContent {
  /** On the server. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

/**
 * What has come by links since the server began: whoever sends a file again whose answer was lost is told that it is
 * there. A link knows of what has come by itself, and of nothing else.
 */
export class LinkFiles {
  readonly #files = new BoundedMap<string, true>(MAX_FILES);

  /** Remembers that a content has come to a path. @param link the id of the link; `null` for none */
  add(link: string | null, content: PlacedContent): void {
    if (link !== null) this.#files.set(nameOf(link, content), true);
  }

  /** Whether a content has come to a path by a link. It may be gone, or replaced. */
  has(link: string, content: PlacedContent): boolean {
    return this.#files.get(nameOf(link, content)) === true;
  }
}

function nameOf(link: string, { path, sha256 }: PlacedContent): string {
  return digestText(JSON.stringify([link, path, sha256]));
}
