import type { Transfer, TransferState } from "../model/page_model.ts";

/** What needs an answer comes first, what is finished last. */
const RANKS: Readonly<Record<TransferState, number>> = {
  "exists": 0,
  "needs-file": 0,
  "failed": 1,
  "moving": 2,
  "checking": 2,
  "paused": 3,
  "offline": 3,
  "waiting": 4,
  "unchecked": 5,
  "verified": 6,
};

/** The transfers to show: of more than `limit`, those that matter most; else all as they are. */
export function inOrder(list: readonly Transfer[], limit: number): readonly Transfer[] {
  if (list.length <= limit) return list;
  const rank = ({ state }: Transfer) => RANKS[state.value];
  return list.toSorted((a, b) => rank(a) - rank(b)).slice(0, limit);
}
