import type { CatalogueRow } from "../files/catalogue_rows.ts";
import type { FoundPath } from "../files/directory_store.ts";
import type { Catalogue } from "./catalogue.ts";

/** Looks up what is at a path of the catalogue; `null` if nothing is. @param path `""` for the root */
export function lookUpInCatalogue({ rows, held }: Catalogue, path: string): FoundPath | null {
  const row = path === "" ? ROOT : rows.find(path);
  return row === null ? null : { realPath: held.placeOf(path), info: infoOf(row) };
}

type ToldRow = Pick<CatalogueRow, "type" | "size" | "mtimeMs" | "isExecutable">;

const ROOT: ToldRow = { type: "folder", size: 0, mtimeMs: 0, isExecutable: false };

/** What a disk would tell of a file or folder. */
function infoOf({ type, size, mtimeMs, isExecutable }: ToldRow): Deno.FileInfo {
  const unknown = {
    ...{ atime: null, birthtime: null, ctime: null, dev: 0, ino: null, nlink: null, uid: null },
    ...{ gid: null, rdev: null, blksize: null, blocks: null, isBlockDevice: null },
    ...{ isCharDevice: null, isFifo: null, isSocket: null, isSymlink: false },
  };
  return {
    ...unknown,
    isFile: type === "file",
    isDirectory: type === "folder",
    size,
    mtime: new Date(mtimeMs),
    mode: isExecutable ? 0o755 : 0o644,
  };
}
