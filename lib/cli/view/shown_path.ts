/** A path on a server as people type it: the root, which is empty, is `/`. */
export function shownPath(path: string): string {
  return path === "" ? "/" : path;
}
