import { useComputed } from "@preact/signals";
import type { Transfer } from "../model/page_model.ts";
import { formatDuration, formatSize, formatSpeed } from "../text/format.ts";
import { t } from "../text/t.ts";
import { openDialog } from "./dialogs.ts";
import { useModel } from "./model_context.ts";
import { Empty, IconButton } from "./parts.tsx";
import { TransferRow } from "./transfer_row.tsx";
import { inOrder } from "./transfer_order.ts";

/** So many rows are shown; of more, those that are under way or need an answer. */
const SHOWN = 100;

/** The transfers: how far all are, and each of them. */
export function TransfersPane() {
  const { transfers } = useModel();
  const ordered = useComputed(() => inOrder(transfers.list.value, SHOWN));
  const list = ordered.value;
  const hidden = transfers.list.value.length - list.length;
  return (
    <div class="transfers">
      <div class="pane-head">
        <h2>{t("transfers")}</h2>
        <Counts />
        <HeadActions list={transfers.list.value} />
      </div>
      <Overall />
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

function Counts() {
  const { transfers } = useModel();
  const { active, done, failed } = transfers.summary.value;
  const texts = [
    active > 0 && t("activeCount", { count: active }),
    done > 0 && t("doneCount", { count: done }),
    failed > 0 && t("failedCount", { count: failed }),
  ];
  return <p class="counts">{texts.filter(Boolean).join(" · ")}</p>;
}

function HeadActions({ list }: { readonly list: readonly Transfer[] }) {
  const { transfers } = useModel();
  const { active, done } = transfers.summary.value;
  const cancelAll = () => {
    for (const { id, state } of list) {
      if (state.value !== "verified" && state.value !== "unchecked") transfers.cancel(id);
    }
  };
  return (
    <div class="actions">
      {active > 1 && (
        <button type="button" class="quiet-button" onClick={cancelAll}>{t("cancelAll")}</button>
      )}
      {done > 0 && (
        <button
          type="button"
          class="quiet-button"
          onClick={() => transfers.clearFinished()}
        >
          {t("clearFinished")}
        </button>
      )}
      <IconButton
        icon="shield"
        label={t("checkFile")}
        onClick={() => openDialog({ kind: "check", path: null })}
      />
    </div>
  );
}

function Overall() {
  const { transfers } = useModel();
  const { active, size, moved, speed } = transfers.summary.value;
  if (active === 0) return null;
  const facts = [
    t("doneOf", { done: formatSize(moved), size: formatSize(size) }),
    ...(speed > 0
      ? [formatSpeed(speed), t("timeLeft", { time: formatDuration((size - moved) / speed) })]
      : []),
  ];
  return (
    <div class="overall">
      <progress aria-label={t("overall")} max={Math.max(1, size)} value={moved} />
      <p>{facts.join(" · ")}</p>
    </div>
  );
}
