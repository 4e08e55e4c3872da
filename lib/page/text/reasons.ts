import { signal } from "@preact/signals-core";
import type { REASON_TEXTS } from "../../protocol/reason_texts.ts";

const loaded = signal<typeof REASON_TEXTS | null>(null);

/** The texts of reasons; `null` until they are loaded: the texts of codes stand for them. */
export const reasonTexts: { readonly value: typeof REASON_TEXTS | null } = loaded;

/** Loads the texts of reasons, which the page does not need to be usable. */
export async function loadReasons(): Promise<void> {
  loaded.value ??= (await import("../../protocol/reason_texts.ts")).REASON_TEXTS;
}
