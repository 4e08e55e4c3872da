import { t } from "../text/later_t.ts";
import { tell } from "./notices.tsx";

/** Copies a text; over plain http browsers have no clipboard for pages, but can copy a selection. */
export async function copyText(text: string): Promise<void> {
  const done = await writeClipboard(text) || copySelected(text);
  tell(t(done ? "copied" : "copyByHand"));
}

async function writeClipboard(text: string): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  try {
    await clipboard?.writeText(text);
    return clipboard !== undefined;
  } catch {
    return false;
  }
}

function copySelected(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "offscreen";
  // Everything outside of an open modal dialog is inert
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
