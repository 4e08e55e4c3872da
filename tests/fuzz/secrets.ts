import { patternedBytes } from "../helpers/bytes.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";

/** In the content of every file that no client may see. */
export const MARK = "NOT-TO-BE-SEEN";
/** In the name of every path that no client may see. */
export const HIDDEN = "hidden-by-rules";
/** What the server's rule file says. */
export const RULES = `${HIDDEN}/** none *\n`;

/** Files that every client may see. */
export const STOCK_PATHS = ["a.txt", "sub/b.bin", "sub", "missing.txt"];
/** Paths that the rules hide, and paths out of the served folder. */
export const SECRET_PATHS = [
  HIDDEN,
  `${HIDDEN}/small.txt`,
  `${HIDDEN}/large.bin`,
  "../outside/small.txt",
  "link-out/small.txt",
  "link-out/new.txt",
  "link-to-file",
  ".tcp-chat/small.txt",
  ".TCP-CHAT/small.txt",
];

/** The content of a file of that size or more that no client may see. */
export function secretContent(bytes: number): Uint8Array {
  return concatBytes([new TextEncoder().encode(MARK), patternedBytes(bytes)]);
}
