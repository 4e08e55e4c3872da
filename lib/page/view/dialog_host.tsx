import { dialog } from "./dialogs.ts";
import { later } from "./later.tsx";

const DialogView = later("DialogView");

/** The dialog that is open, if any. */
export function DialogHost() {
  return dialog.value === null ? null : <DialogView />;
}
