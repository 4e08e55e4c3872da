import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { dialog } from "./dialogs.ts";
import { attempt } from "./notices.tsx";

const view = signal<FunctionComponent | null>(null);

/** The dialog that is open, if any. The page is usable before the dialogs are loaded. */
export function DialogHost() {
  const isNeeded = dialog.value !== null && view.value === null;
  useEffect(() => {
    if (isNeeded) attempt(load());
  }, [isNeeded]);
  const View = view.value;
  return View === null ? null : <View />;
}

async function load(): Promise<void> {
  const { DialogView } = await import("./dialog_view.tsx");
  view.value = DialogView;
}
