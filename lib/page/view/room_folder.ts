import type { Conversation } from "../model/page_model.ts";

/** The folder for the files of a conversation: one with the room's name; for private ones the root. */
export function folderOf({ kind, name }: Conversation): string {
  return kind === "room" ? name : "";
}

/** A folder as people read it: `/photos`. */
export function shownFolder(path: string): string {
  return `/${path}`;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder that a path is in; "" for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
