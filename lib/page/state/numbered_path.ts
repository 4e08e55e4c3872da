/** `a/b.txt` as `a/b (2).txt`, and that as `a/b (3).txt`: for a file that another one is in the way of. */
export function numberedPath(path: string): string {
  const at = path.lastIndexOf("/") + 1;
  const [, stem = "", number = "1", extension = ""] =
    /^(.+?)(?: \((\d+)\))?(\.[^.]*)?$/.exec(path.slice(at)) ?? [];
  return `${path.slice(0, at)}${stem} (${Number(number) + 1})${extension}`;
}
