import type { Conversation } from "../model/page_model.ts";

/** The folder for the files of a conversation: one with the room's name; for private ones the root. */
export function folderOf({ kind, name }: Conversation): string {
  return kind === "room" ? name : "";
}

/** A folder as people read it: `/photos`. */
export function shownFolder(path: string): string {
  return `/${path}`;
}
