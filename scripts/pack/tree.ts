import { dirname, join } from "@std/path";

/** A file of a package: its content, that of another file, or a link to its neighbour. */
export type Entry =
  | { readonly content: string | Uint8Array<ArrayBuffer>; readonly isExecutable?: boolean }
  | { readonly copyOf: string }
  | { readonly linkTo: string };

/** The files of a package by their paths, which have forward slashes. */
export type Tree = Readonly<Record<string, Entry>>;

/** Writes a tree into a folder, with the modes that a package needs. */
export function writeTree(folder: string, tree: Tree): void {
  for (const [name, entry] of Object.entries(tree)) {
    const path = join(folder, name);
    makeFolders(dirname(path));
    if ("linkTo" in entry) {
      Deno.symlinkSync(entry.linkTo, path);
      continue;
    }
    const isExecutable = "copyOf" in entry || entry.isExecutable === true;
    if ("copyOf" in entry) Deno.copyFileSync(entry.copyOf, path);
    else if (typeof entry.content === "string") Deno.writeTextFileSync(path, entry.content);
    else Deno.writeFileSync(path, entry.content);
    Deno.chmodSync(path, isExecutable ? 0o755 : 0o644);
  }
}

/** Folders of a package are readable by all, whatever the umask. */
function makeFolders(path: string): void {
  try {
    Deno.mkdirSync(path);
    Deno.chmodSync(path, 0o755);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    makeFolders(dirname(path));
    makeFolders(path);
  }
}

/** The sum of the sizes of the files, in KiB. */
export function sizeKib(folder: string): number {
  let bytes = 0;
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) bytes += sizeKib(path) * 1024;
    if (isFile) bytes += Deno.statSync(path).size;
  }
  return Math.ceil(bytes / 1024);
}
