import type { Right } from "./rights.ts";

/** What somebody may do with one path. There are four of these objects only. */
export interface FileRights {
  readonly read: boolean;
  readonly write: boolean;
}

const READ_WRITE: FileRights = { read: true, write: true };
const READ: FileRights = { read: true, write: false };
const WRITE: FileRights = { read: false, write: true };

/** Nothing at all. */
export const NO_FILE_RIGHTS: FileRights = { read: false, write: false };

/** What rights mean for files. */
export function fileRightsOf(rights: ReadonlySet<Right>): FileRights {
  if (rights.has("read")) return rights.has("write") ? READ_WRITE : READ;
  return rights.has("write") ? WRITE : NO_FILE_RIGHTS;
}
