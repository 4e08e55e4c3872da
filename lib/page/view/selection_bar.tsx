import { formatCount, formatSize } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { attempt } from "./notices.tsx";
import { chooseAll, chooseNone, chosenRows } from "./selection.ts";

/** What can be done with the rows that are chosen. */
export function SelectionBar() {
  const { folder, transfers } = useModel();
  const rows = chosenRows(folder);
  const size = rows.reduce((sum, row) => sum + (row.size ?? 0), 0);
  const isWithFolder = rows.some(({ kind }) => kind === "folder");
  const canGet = rows.length > 0 && (transfers.canGetFolder || !isWithFolder);
  const get = () => {
    attempt(transfers.getAll(rows));
    chooseNone();
  };
  return (
    <div class="filter-bar selection-bar">
      <p role="status">
        {t("chosen", { count: rows.length, shown: formatCount(rows.length) })}
        {size > 0 && <span class="muted">{formatSize(size)}</span>}
        {rows.length > 0 && !canGet && <span class="muted">{t("noFolders")}</span>}
      </p>
      <button type="button" class="link" onClick={() => chooseAll(folder.rows.value)}>
        {t("chooseAll")}
      </button>
      <button type="button" class="link" onClick={() => chooseNone()}>{t("chooseNone")}</button>
      <button type="button" class="primary" disabled={!canGet} onClick={get}>
        <Icon name="download" />
        {t("getChosen")}
      </button>
    </div>
  );
}
