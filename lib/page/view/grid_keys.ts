import type { FolderRow } from "../model/page_model.ts";

/** Letters that follow each other faster than this, in milliseconds, begin one name. */
const TYPING_MS = 700;

interface GridPlace {
  readonly active: number;
  readonly total: number;
  /** The rows of a page. */
  readonly page: number;
}

/** The row that a key leads to; `null` for a key that leads nowhere. */
export function nextRow(key: string, { active, total, page }: GridPlace): number | null {
  if (total === 0) return null;
  const to: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: total - 1,
  };
  const row = Object.hasOwn(to, key) ? to[key] : undefined;
  return row === undefined ? null : Math.min(total - 1, Math.max(0, row));
}

/**
 * The next row whose name starts so, from the active one around. One letter goes on from row to
 * row; more of them stay on the row that still fits.
 */
export function startsWith(
  rows: readonly FolderRow[],
  prefix: string,
  active: number,
): number | null {
  const from = prefix.length === 1 ? active + 1 : active;
  for (let i = 0; i < rows.length; i++) {
    const at = (from + i) % rows.length;
    if (rows[at]?.name.toLowerCase().startsWith(prefix)) return at;
  }
  return null;
}

/** The letters that were typed just now. */
export class TypeAhead {
  #prefix = "";
  #last = -Infinity;

  /** Adds a letter; `at` in milliseconds. */
  add(letter: string, at: number): string {
    this.#prefix = at - this.#last < TYPING_MS ? this.#prefix + letter : letter;
    this.#last = at;
    return this.#prefix.toLowerCase();
  }
}
