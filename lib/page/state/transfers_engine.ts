import { Mutex } from "../../async/mutex.ts";
import { MoverPool } from "../transfer/mover_pool.ts";
import { browserTransfers, type TransferPlatform } from "./transfer_platform.ts";
import { type TransfersContext, TransfersState } from "./transfers_state.ts";

/** What transfers need of the page, besides the browser. */
export type TransfersPage = Omit<TransfersContext, "platform" | "pool" | "making">;

/** Starts the transfers of a page. @param files `null` for the platform of a real page */
export function startTransfers(
  page: TransfersPage,
  files: TransferPlatform | null,
): TransfersState {
  const platform = files ?? browserTransfers();
  const pool = new MoverPool(() => platform.startWorker(), platform.movers);
  const transfers = new TransfersState({ ...page, platform, pool, making: new Mutex() });
  void transfers.restore();
  return transfers;
}
