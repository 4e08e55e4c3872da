import { signal } from "@preact/signals";
import type { FolderModel, FolderRow } from "../model/page_model.ts";

/** The paths of the rows that are chosen, in the shown folder. */
export const chosen = signal<ReadonlySet<string>>(new Set());

/** Where the choice of several rows began. */
let anchor = 0;

/** Adds a row to the choice, or takes it out. */
export function toggleRow(rows: readonly FolderRow[], at: number): void {
  const path = rows[at]?.path;
  if (path === undefined) return;
  const paths = new Set(chosen.value);
  if (!paths.delete(path)) paths.add(path);
  anchor = at;
  chosen.value = paths;
}

/** Chooses the rows from the last one that was chosen by itself. */
export function extendTo(rows: readonly FolderRow[], at: number): void {
  const [first, last] = anchor < at ? [anchor, at] : [at, anchor];
  chosen.value = new Set(rows.slice(first, last + 1).map(({ path }) => path));
}

/** The same by a key: it begins at the active row, unless rows are chosen. */
export function extendFrom(rows: readonly FolderRow[], active: number, to: number): void {
  if (chosen.value.size === 0) anchor = active;
  extendTo(rows, to);
}

/** Chooses all rows. */
export function chooseAll(rows: readonly FolderRow[]): void {
  chosen.value = new Set(rows.map(({ path }) => path));
}

/** Chooses none; the next choice of several begins at a row. */
export function chooseNone(from = 0): void {
  anchor = from;
  if (chosen.value.size > 0) chosen.value = new Set();
}

/** The rows that are chosen and shown: what a filter hides is not meant. */
export function chosenRows({ rows }: FolderModel): readonly FolderRow[] {
  return rows.value.filter(({ path }) => chosen.value.has(path));
}
