/** The height of a row, in pixels; the style sheet's `--row` is the same. */
export const ROW_HEIGHT = 44;

/** Browsers cut higher elements off: Firefox at 17.9 million pixels. */
const MAX_HEIGHT = 15_000_000;

/** Rows beyond the visible ones, so that fast scrolling shows no gap. */
const SPARE_ROWS = 8;

/** What of a long list is rendered. */
export interface RowWindow {
  /** The index of the first rendered row. */
  readonly first: number;
  readonly count: number;
  /** Where the first rendered row begins, in pixels from the top of the list. */
  readonly top: number;
  /** The height of the whole list, in pixels. */
  readonly height: number;
}

/**
 * The rows around a place of the scroll bar. A list that is too high for browsers is scaled: then a
 * pixel of the scroll bar stands for several of the list.
 */
export function windowOf(scrollTop: number, viewHeight: number, total: number): RowWindow {
  const full = total * ROW_HEIGHT;
  const height = Math.min(full, MAX_HEIGHT);
  const at = toFull(scrollTop, viewHeight, full, height);
  const first = Math.max(0, Math.floor(at / ROW_HEIGHT) - SPARE_ROWS);
  const last = Math.min(total, Math.ceil((at + viewHeight) / ROW_HEIGHT) + SPARE_ROWS);
  return {
    first,
    count: Math.max(0, last - first),
    top: scrollTop + first * ROW_HEIGHT - at,
    height,
  };
}

/** Where to scroll so that a row is in view: where it is already, nowhere. */
export function scrollTopFor(
  row: number,
  { scrollTop, viewHeight, total }: {
    readonly scrollTop: number;
    readonly viewHeight: number;
    readonly total: number;
  },
): number {
  const full = total * ROW_HEIGHT;
  const height = Math.min(full, MAX_HEIGHT);
  const at = toFull(scrollTop, viewHeight, full, height);
  const lowest = (row + 1) * ROW_HEIGHT - viewHeight;
  const wanted = Math.min(row * ROW_HEIGHT, Math.max(lowest, at));
  if (wanted === at) return scrollTop;
  return full === height ? wanted : wanted / (full - viewHeight) * (height - viewHeight);
}

function toFull(scrollTop: number, viewHeight: number, full: number, height: number): number {
  if (full === height || height <= viewHeight) return scrollTop;
  return scrollTop / (height - viewHeight) * (full - viewHeight);
}
