import { formatDuration, formatSize, formatSpeed } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { useModel } from "./model_context.ts";
import { TransferCounts } from "./transfer_counts.tsx";

/** How far all transfers are, and what can be done with them together. */
export function TransferTotals() {
  const { transfers } = useModel();
  const { active, size, moved, speed } = transfers.summary.value;
  const facts = [
    t("doneOf", { done: formatSize(moved), size: formatSize(size) }),
    ...(speed > 0
      ? [formatSpeed(speed), t("timeLeft", { time: formatDuration((size - moved) / speed) })]
      : []),
  ];
  return (
    <div class="overall">
      {active > 0 && <progress aria-label={t("overall")} max={Math.max(1, size)} value={moved} />}
      <div class="overall-facts">
        {active > 0 ? <p>{facts.join(" · ")}</p> : <TransferCounts />}
        <AllActions />
      </div>
    </div>
  );
}

function AllActions() {
  const { transfers } = useModel();
  const { active, done } = transfers.summary.value;
  const cancelAll = () => {
    for (const { id, state } of transfers.list.value) {
      if (state.value !== "verified" && state.value !== "unchecked") transfers.cancel(id);
    }
  };
  return (
    <div class="actions">
      {active > 1 && (
        <button type="button" class="small" onClick={cancelAll}>{t("cancelAll")}</button>
      )}
      {done > 0 && (
        <button type="button" class="small" onClick={() => transfers.clearFinished()}>
          {t("clearFinished")}
        </button>
      )}
    </div>
  );
}
