import { signal } from "@preact/signals";
import type { FolderRow } from "../model/page_model.ts";

/** A dialog of the page. */
export type OpenDialog =
  | { readonly kind: "log-in" | "share" | "new-folder" | "links" }
  | { readonly kind: "person"; readonly nick: string }
  /** Checks any file, or a copy of this file of the server. */
  | { readonly kind: "check"; readonly path: string | null }
  /** Asks for files into a folder. */
  | { readonly kind: "ask"; readonly path: string }
  | { readonly kind: "details" | "rename" | "delete" | "link"; readonly row: FolderRow };

/** The dialog that is open. */
export const dialog = signal<OpenDialog | null>(null);

/** Opens a dialog in place of another one. */
export function openDialog(opened: OpenDialog): void {
  dialog.value = opened;
}

/** Closes the dialog. */
export function closeDialog(): void {
  dialog.value = null;
}
