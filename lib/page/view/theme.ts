import { signal } from "@preact/signals";
import { recall, remember } from "../text/kept.ts";

/** The looks that can be chosen. */
export const THEMES = ["system", "light", "dark"] as const;

export type Theme = typeof THEMES[number];

const KEPT = "tcp-chat.theme";

/** The chosen look. */
export const theme = signal<Theme>("system");

/** Takes the look that was chosen here before. */
export function startTheme(): void {
  const kept = recall(KEPT);
  apply(THEMES.find((each) => each === kept) ?? "system");
}

/** Changes the look, for later visits too. */
export function chooseTheme(chosen: Theme): void {
  remember(KEPT, chosen);
  apply(chosen);
}

function apply(chosen: Theme): void {
  theme.value = chosen;
  document.documentElement.dataset.theme = chosen;
}
