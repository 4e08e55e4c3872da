import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { FolderRow } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { FileRow } from "./file_row.tsx";
import { GridHead } from "./grid_head.tsx";
import { nextRow, startsWith, TypeAhead } from "./grid_keys.ts";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";
import { parentOf } from "../../protocol/path.ts";
import { go } from "./route.ts";
import { ROW_HEIGHT, scrollTopFor, windowOf } from "./row_window.ts";
import { chooseAll, chooseNone, chosen, extendFrom, extendTo, toggleRow } from "./selection.ts";

const GridNote = later("GridNote");

/** The rows of the shown folder, of which only the visible ones are rendered. */
export function FileGrid() {
  const { folder, server } = useModel();
  const body = useRef<HTMLDivElement>(null);
  const view = useView(body, folder.path.value);
  const active = useSignal(0);
  const rows = folder.rows.value;
  const activeRow = Math.min(active.value, Math.max(0, rows.length - 1));
  const setActive = (row: number) => active.value = row;
  const focusRow = useRowFocus(body, (row) => {
    active.value = row;
    view.onScroll();
  });
  const isEntering = useFolderFocus(body, focusRow, setActive);
  const onKeyDown = useGridKeys(body, activeRow, focusRow, isEntering);
  return (
    <div
      class={chosen.value.size > 0 ? "grid choosing" : "grid"}
      role="grid"
      aria-label={t("files")}
      aria-rowcount={rows.length + 1}
      aria-multiselectable
    >
      <GridHead />
      <div
        class="grid-body"
        role="rowgroup"
        ref={body}
        tabIndex={-1}
        onScroll={view.onScroll}
        onKeyDown={onKeyDown}
        onClickCapture={(event) => onPick(event, rows)}
      >
        {visibleRows(rows, view, activeRow, setActive)}
        {server.value !== null && <GridNote />}
      </div>
    </div>
  );
}

/** The part of the list that is in view, in pixels. */
interface View {
  readonly top: number;
  readonly height: number;
}

/** The rows in view, in a space as high as all. */
function visibleRows(
  rows: readonly FolderRow[],
  view: View,
  active: number,
  onActive: (row: number) => void,
) {
  const { first, count, top, height } = windowOf(view.top, view.height, rows.length);
  return (
    <div class="grid-space" role="presentation" style={{ height: `${height}px` }}>
      <div class="grid-rows" role="presentation" style={{ transform: `translateY(${top}px)` }}>
        {rows.slice(first, first + count).map((row, i) => (
          <FileRow
            key={row.path}
            row={row}
            index={first + i}
            tabIndex={first + i === active ? 0 : -1}
            onActive={onActive}
          />
        ))}
      </div>
    </div>
  );
}

/** Follows the scroll bar and the height of a list; another folder begins at its top. */
function useView(body: { readonly current: HTMLDivElement | null }, path: string) {
  const top = useSignal(0);
  const height = useSignal(0);
  useLayoutEffect(() => {
    const element = body.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => height.value = element.clientHeight);
    observer.observe(element);
    height.value = element.clientHeight;
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (body.current !== null) body.current.scrollTop = 0;
    top.value = 0;
  }, [path]);
  const onScroll = () => top.value = body.current?.scrollTop ?? 0;
  return { top: top.value, height: height.value, onScroll };
}

/** What brings a row into view and focuses it, once it is rendered. */
function useRowFocus(
  body: { readonly current: HTMLDivElement | null },
  onRow: (row: number) => void,
): (row: number) => void {
  const { folder } = useModel();
  const wanted = useRef<number | null>(null);
  const take = () => {
    if (wanted.current === null) return;
    const found = body.current?.querySelector<HTMLElement>(
      `[aria-rowindex="${wanted.current + 2}"]`,
    );
    found?.focus({ preventScroll: true });
    if (found) wanted.current = null;
  };
  useLayoutEffect(take);
  return (row) => {
    const element = body.current;
    if (element === null) return;
    const { scrollTop, clientHeight: viewHeight } = element;
    const total = folder.rows.value.length;
    element.scrollTop = scrollTopFor(row, { scrollTop, viewHeight, total });
    wanted.current = row;
    take();
    onRow(row);
  };
}

/** Another folder begins at its first row, which gets the focus if a key has led there. */
function useFolderFocus(
  body: { readonly current: HTMLDivElement | null },
  focus: (row: number) => void,
  setActive: (row: number) => void,
): { current: boolean } {
  const { folder } = useModel();
  const isEntering = useRef(false);
  const { kind } = folder.state.value;
  useLayoutEffect(() => {
    setActive(0);
    chooseNone();
  }, [folder.path.value]);
  useLayoutEffect(() => {
    if (!isEntering.current || kind === "loading") return;
    isEntering.current = false;
    if (folder.rows.value.length > 0) focus(0);
    else body.current?.focus();
  }, [folder.path.value, kind]);
  return isEntering;
}

/** A click with Ctrl or Shift, or on the box of a row, chooses rows in place of opening them. */
function onPick(event: MouseEvent, rows: readonly FolderRow[]): void {
  const { target, ctrlKey, metaKey, shiftKey } = event;
  if (!(target instanceof Element)) return;
  const isBox = target.matches(".pick");
  const index = target.closest("[aria-rowindex]")?.getAttribute("aria-rowindex") ?? null;
  if (index === null || !(isBox || ctrlKey || metaKey || shiftKey)) return;
  (shiftKey ? extendTo : toggleRow)(rows, Number(index) - 2);
  event.stopPropagation();
  if (!isBox) event.preventDefault();
}

/** The keys that choose rows: Space, Ctrl+A, Escape; Shift with those that move. */
function chooseByKey(event: KeyboardEvent, rows: readonly FolderRow[], active: number): boolean {
  const { key, ctrlKey, metaKey } = event;
  if ((ctrlKey || metaKey) && key.toLowerCase() === "a") chooseAll(rows);
  else if (key === " " && event.target instanceof HTMLElement && event.target.role === "row") {
    toggleRow(rows, active);
  } else if (key === "Escape" && chosen.value.size > 0) chooseNone(active);
  else return false;
  event.preventDefault();
  return true;
}

/** The keys of a grid: arrows, Home, End, Page, Enter, Backspace, and the first letters of a name. */
function useGridKeys(
  body: { readonly current: HTMLDivElement | null },
  active: number,
  focus: (row: number) => void,
  isEntering: { current: boolean },
): (event: KeyboardEvent) => void {
  const { folder, link } = useModel();
  const typed = useRef(new TypeAhead());
  return (event) => {
    const rows = folder.rows.value;
    if (chooseByKey(event, rows, active) || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((body.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
    const next = nextRow(event.key, { active, total: rows.length, page });
    const isOnRow = event.target instanceof HTMLElement && event.target.role === "row";
    if (next !== null) {
      if (event.shiftKey) extendFrom(rows, active, next);
      focus(next);
    } else if (isOnRow && event.key === "Enter") {
      isEntering.current = rows[active]?.kind === "folder";
      openRow(rows[active]);
    } else if (event.key === "Backspace" && folder.path.value !== (link.value?.path ?? "")) {
      isEntering.current = true;
      go({ view: "files", name: parentOf(folder.path.value) });
    } else if (isOnRow && event.key.length === 1 && event.key !== " ") {
      const prefix = typed.current.add(event.key, event.timeStamp);
      const found = startsWith(rows, prefix, active);
      if (found !== null) focus(found);
    } else return;
    event.preventDefault();
  };
}

/** Opens a folder, or the details of a file. */
function openRow(row: FolderRow | undefined): void {
  if (row === undefined) return;
  if (row.kind === "folder") go({ view: "files", name: row.path });
  else openDialog({ kind: "details", row });
}
