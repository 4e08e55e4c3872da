import type { SortKey } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";

/** The columns of the files; a click sorts by one. */
export function GridHead() {
  return (
    <div role="rowgroup" class="grid-head">
      <div role="row" class="row" aria-rowindex={1}>
        <Column by="name" label={t("columnName")} />
        <Column by="size" label={t("columnSize")} />
        <Column by="modified" label={t("columnModified")} />
        <span role="columnheader" class="cell actions">
          <span class="sr">{t("columnActions")}</span>
        </span>
      </div>
    </div>
  );
}

interface ColumnProps {
  readonly by: SortKey;
  readonly label: string;
}

function Column({ by, label }: ColumnProps) {
  const { folder } = useModel();
  const { key, descending } = folder.sort.value;
  const order = key !== by ? "none" : descending ? "descending" : "ascending";
  return (
    <span role="columnheader" class={`cell ${by}`} aria-sort={order}>
      <button type="button" onClick={() => folder.sortBy(by)}>
        {label}
        {key === by && <Icon name="arrowDown" />}
      </button>
    </span>
  );
}
