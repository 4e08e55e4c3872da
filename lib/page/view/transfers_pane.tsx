import { useComputed } from "@preact/signals";
import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { Empty } from "./parts.tsx";
import { TransferCounts } from "./transfer_counts.tsx";
import { later } from "./later.tsx";
import { inOrder } from "./transfer_order.ts";

const TransferRow = later("TransferRow");
const TransferTotals = later("TransferTotals");

/** So many rows are shown; of more, those that are under way or need an answer. */
const SHOWN = 100;

/** The transfers: how far all are, and each of them. */
export function TransfersPane() {
  const { transfers, link } = useModel();
  const ordered = useComputed(() => inOrder(transfers.list.value, SHOWN));
  const list = ordered.value;
  const { active, done } = transfers.summary.value;
  const hidden = transfers.list.value.length - list.length;
  return (
    <div class="transfers">
      <div class="pane-head">
        <h2>{t("transfers")}</h2>
        {active > 0 && <TransferCounts />}
        {link.value === null && (
          <button
            type="button"
            class="small"
            onClick={() => openDialog({ kind: "check", path: null })}
          >
            <Icon name="shield" />
            {t("checkFile")}
          </button>
        )}
      </div>
      {active + done > 0 && <TransferTotals />}
      {list.length === 0
        ? <Empty icon="transfers" title={t("noTransfers")} text={t("noTransfersText")} />
        : (
          <ul class="transfer-list" aria-label={t("transfers")}>
            {list.map((transfer) => <TransferRow key={transfer.id} transfer={transfer} />)}
            {hidden > 0 && <li class="grid-note">{t("andMore", { count: hidden })}</li>}
          </ul>
        )}
    </div>
  );
}
