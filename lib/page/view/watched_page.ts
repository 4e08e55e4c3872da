import { type ReadonlySignal, signal } from "@preact/signals";

/** Wide enough for all views side by side; the style sheet has the same width. */
const WIDE = "(min-width: 1100px)";

/** Whether all views are shown side by side. */
export const isWide = follow(matchMedia(WIDE), "change", ({ matches }) => matches);

/** Whether the page is in a tab that is looked at. */
export const isVisible = follow(document, "visibilitychange", ({ hidden }) => !hidden);

function follow<T extends EventTarget>(
  target: T,
  type: string,
  read: (target: T) => boolean,
): ReadonlySignal<boolean> {
  const followed = signal(read(target));
  target.addEventListener(type, () => followed.value = read(target));
  return followed;
}
