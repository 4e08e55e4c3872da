import { useSignal, useSignalEffect } from "@preact/signals";
import type { Transfer, TransferState } from "../model/page_model.ts";
import { percentOf } from "../text/format.ts";
import { t } from "../text/later_t.ts";
import { useModel } from "./model_context.ts";

/** The part of all bytes, in percent, after which a screen reader hears of the progress again. */
const STEP = 25;

/** Tells screen readers what becomes of the transfers, without reading out every step. */
export function TransferNews() {
  const { transfers } = useModel();
  const news = useSignal("");
  const known = useSignal<ReadonlyMap<string, TransferState>>(new Map());
  const told = useSignal(0);
  useSignalEffect(() => {
    const list = transfers.list.value;
    const before = known.peek();
    const changed = list.filter(({ id, state }) => before.get(id) !== state.value);
    known.value = new Map(list.map(({ id, state }) => [id, state.value]));
    const texts = changed.map(newsOf).filter((text) => text !== null);
    if (texts.length > 0) news.value = texts.slice(-1).join();
  });
  useSignalEffect(() => {
    const { active, size, moved } = transfers.summary.value;
    const step = active === 0 ? 0 : Math.floor(percentOf(moved, size) / STEP) * STEP;
    if (step > told.peek()) news.value = t("tellProgress", { percent: step });
    told.value = step;
  });
  return <p class="sr" role="status">{news.value}</p>;
}

function newsOf({ name, state }: Transfer): string | null {
  switch (state.value) {
    case "moving":
      return t("tellStarted", { name });
    case "verified":
      return t("tellVerified", { name });
    case "failed":
      return t("tellFailed", { name });
    default:
      return null;
  }
}
