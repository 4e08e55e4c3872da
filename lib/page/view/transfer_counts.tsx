import { t } from "../text/t.ts";
import { useModel } from "./model_context.ts";

/** How many transfers are under way, and how they ended. */
export function TransferCounts() {
  const { transfers } = useModel();
  const { active, done, failed } = transfers.summary.value;
  const texts = [
    active > 0 && t("activeCount", { count: active }),
    done > 0 && t("doneCount", { count: done }),
    failed > 0 && t("failedCount", { count: failed }),
  ];
  return <p class="counts">{texts.filter(Boolean).join(" · ")}</p>;
}
