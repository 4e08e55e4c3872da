import type { FolderRow } from "../model/page_model.ts";
import { formatChanged, formatMoment, formatSize } from "../text/format.ts";
import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { IconButton, Peer } from "./parts.tsx";
import { formatRoute } from "./route.ts";
import { chosen } from "./selection.ts";

interface FileRowProps {
  readonly row: FolderRow;
  readonly index: number;
  /** 0 for the row that Tab leads into, else -1. */
  readonly tabIndex: number;
  readonly onActive: (index: number) => void;
}

/** A row of a folder. */
export function FileRow({ row, index, tabIndex, onActive }: FileRowProps) {
  const { name, kind, size, modified } = row;
  const moment = modified === null ? undefined : formatMoment(modified);
  const isChosen = chosen.value.has(row.path);
  return (
    <div
      role="row"
      class={`row ${kind}`}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      tabIndex={tabIndex}
      onFocusCapture={() => onActive(index)}
    >
      <span role="gridcell" class="cell name">
        <input
          type="checkbox"
          class="pick"
          tabIndex={-1}
          aria-label={t("selectRow", { name })}
          checked={isChosen}
        />
        <Icon name={kind} />
        <NameLink row={row} />
      </span>
      <span role="gridcell" class="cell size">{size !== null && formatSize(size)}</span>
      <span role="gridcell" class="cell modified" title={moment}>
        {modified !== null && formatChanged(modified, Date.now())}
      </span>
      <span role="gridcell" class="cell actions">
        <GetButton row={row} tabIndex={tabIndex} />
        <IconButton
          icon="more"
          label={t("detailsOf", { name })}
          tabIndex={tabIndex}
          onClick={() => openDialog({ kind: "details", row })}
        />
      </span>
    </div>
  );
}

function NameLink({ row }: { readonly row: FolderRow }) {
  const { name, path, kind } = row;
  if (kind === "folder") {
    return (
      <a
        class="row-name"
        href={formatRoute({ view: "files", name: path })}
        title={name}
        tabIndex={-1}
      >
        <Peer text={name} />
      </a>
    );
  }
  return (
    <button
      type="button"
      class="row-name"
      title={name}
      tabIndex={-1}
      onClick={() => openDialog({ kind: "details", row })}
    >
      <Peer text={name} />
    </button>
  );
}

interface GetButtonProps {
  readonly row: FolderRow;
  readonly tabIndex: number;
}

function GetButton({ row, tabIndex }: GetButtonProps) {
  const { transfers } = useModel();
  if (row.kind === "folder" && !transfers.canGetFolder) return null;
  const get = () => attempt(transfers.getAll([row]));
  return (
    <button type="button" class="quiet-button" tabIndex={tabIndex} onClick={get}>
      {t("get")}
    </button>
  );
}
