import { lastComponent } from "../../protocol/path.ts";
import type { ListedEntry } from "../../protocol/answers.ts";
import type { FolderRow, SortKey } from "../model/page_model.ts";

/** How rows are sorted. */
export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** A listed entry as a row. */
export function rowOf({ path, type, size, mtime }: ListedEntry): FolderRow {
  const isFile = type === "file";
  return {
    name: lastComponent(path),
    path,
    kind: type,
    size: isFile ? size : null,
    modified: mtime === 0 ? null : mtime,
  };
}

/** Sorts by name, in the order of the person's language: the slow part for many rows. */
export function sortByName(rows: readonly FolderRow[]): FolderRow[] {
  return rows.toSorted((a, b) => collator.compare(a.name, b.name));
}

/**
 * Sorts rows: folders first, then by the key; the same key by name.
 *
 * @param rows sorted by name
 */
export function sortRows(rows: readonly FolderRow[], { key, descending }: Sorting): FolderRow[] {
  const sign = descending ? -1 : 1;
  if (key === "name") return foldersFirst(descending ? rows.toReversed() : rows);
  const valueOf = (row: FolderRow) => row[key] ?? 0;
  return foldersFirst(rows.toSorted((a, b) => sign * (valueOf(a) - valueOf(b))));
}

/** The rows whose name contains a text, in any case. */
export function filterRows(rows: readonly FolderRow[], text: string): readonly FolderRow[] {
  const wanted = text.normalize("NFC").toLowerCase();
  if (wanted === "") return rows;
  return rows.filter(({ name }) => name.toLowerCase().includes(wanted));
}

function foldersFirst(rows: readonly FolderRow[]): FolderRow[] {
  const isFolder = ({ kind }: FolderRow) => kind === "folder";
  return [...rows.filter(isFolder), ...rows.filter((row) => !isFolder(row))];
}
