import type { TransfersModel } from "../model/page_model.ts";
import type { TransferRow } from "./transfer_row.ts";

/** All transfers together. */
export type Summary = TransfersModel["summary"]["value"];

/** Sums transfers up. */
export function summarize(rows: readonly TransferRow[]): Summary {
  const sum = { active: 0, done: 0, failed: 0, size: 0, moved: 0, speed: 0 };
  for (const row of rows) {
    const state = row.state.value;
    if (state === "verified" || state === "unchecked") sum.done++;
    else if (state === "failed") sum.failed++;
    else {
      if (row.isActive) sum.active++;
      sum.size += row.size;
      sum.moved += row.done.value;
      sum.speed += row.speed.value;
    }
  }
  return sum;
}
