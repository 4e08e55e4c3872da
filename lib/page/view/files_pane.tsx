import { formatCount } from "../text/format.ts";
import { t } from "../text/t.ts";
import { Crumbs } from "./crumbs.tsx";
import { DropArea } from "./drop_area.tsx";
import { FileGrid } from "./file_grid.tsx";
import { Icon } from "./icon.tsx";
import { later } from "./later.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { IconButton } from "./parts.tsx";
import { shownFolder } from "./room_folder.ts";
import { chosen } from "./selection.ts";

const SelectionBar = later("SelectionBar");
const SendButtons = later("SendButtons");

/** The files: a folder of the server, and what can be done there. */
export function FilesPane() {
  const { folder, transfers, server } = useModel();
  const path = folder.path.value;
  const refusal = server.value?.hasUpload === false
    ? t("uploadsOff")
    : folder.canWrite.value === false
    ? t("readOnly")
    : null;
  return (
    <DropArea
      text={refusal ?? t("dropInFolder", { folder: shownFolder(path) })}
      onDrop={refusal === null ? (data) => attempt(transfers.sendDropped(data, path)) : null}
    >
      <div class="pane-head">
        <Crumbs path={path} />
        {refusal === null
          ? server.value !== null && <SendButtons path={path} />
          : (
            <p class="refusal">
              <Icon name="lock" />
              {refusal}
            </p>
          )}
      </div>
      <FileList />
    </DropArea>
  );
}

/** The rows of the folder that is shown, below what finds or gets some of them. */
export function FileList() {
  return (
    <>
      {chosen.value.size > 0 ? <SelectionBar /> : <FilterBar />}
      <FileGrid />
    </>
  );
}

function FilterBar() {
  const { folder } = useModel();
  const total = folder.total.value;
  const shown = folder.rows.value.length;
  return (
    <div class="filter-bar">
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={t("filter")}
          placeholder={t("filter")}
          autoComplete="off"
          spellcheck={false}
          value={folder.filter.value}
          onInput={(event) => folder.setFilter(event.currentTarget.value)}
        />
      </label>
      <p class="count" role="status">
        {folder.filter.value === ""
          ? t("entries", { count: total, shown: formatCount(total) })
          : t("entriesOf", { shown: formatCount(shown), total: formatCount(total) })}
      </p>
      <IconButton
        icon="refresh"
        label={t("refresh")}
        onClick={() => attempt(folder.refresh())}
      />
    </div>
  );
}
