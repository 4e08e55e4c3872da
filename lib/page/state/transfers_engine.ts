import { effect, type ReadonlySignal } from "@preact/signals-core";
import { deadline } from "../../async/deadline.ts";
import { Mutex } from "../../async/mutex.ts";
import { MoverPool } from "../transfer/mover_pool.ts";
import type { ConnectionState } from "../model/page_model.ts";
import { browserTransfers, type TransferPlatform } from "./transfer_platform.ts";
import { isLinkEnd } from "./transfer_end.ts";
import { type TransfersContext, TransfersState } from "./transfers_state.ts";

/** A database of the browser that is not there by then may never be. */
const RESTORE_MS = 5_000;

/** What transfers need of the page, besides the browser. */
export interface TransfersPage extends Omit<TransfersContext, "platform" | "pool" | "making"> {
  /** Names the link that the page has come by: its transfers are not those of others. `""` for none. */
  readonly scope: string;
  /** As `SessionState.connection`. */
  readonly connection: ReadonlySignal<ConnectionState>;
  /** As `SessionState.renewals`. */
  readonly renewals: ReadonlySignal<number>;
}

/**
 * Starts the transfers of a page, with those of an earlier one: a new one that was kept meanwhile would be taken for one
 * of them.
 *
 * @param files `null` for the platform of a real page
 */
export async function startTransfers(
  page: TransfersPage,
  files: TransferPlatform | null,
): Promise<TransfersState> {
  const platform = files ?? browserTransfers(page.scope);
  const pool = new MoverPool(() => platform.startWorker(page.renewals.value > 0), platform.movers);
  // In a cluster the page goes on when its server is gone, which alone has the movers
  effect(() => {
    if (page.client.value?.chat.cluster) pool.startAll();
  });
  effect(() => {
    if (page.renewals.value > 0) pool.renew();
  });
  // By a link the page gets no ticket for a download of the browser itself
  const link = page.scope === "" ? page.link : noRoom;
  const transfers = new TransfersState({ ...page, link, platform, pool, making: new Mutex() });
  const restored = transfers.restore().catch(() => {}); // Where it cannot be read, new ones work without
  await deadline(restored, RESTORE_MS, undefined);
  effect(() => {
    const { value: state } = page.connection;
    if (state.kind === "refused" && isLinkEnd(state.error)) transfers.endAll(state.error);
  });
  return transfers;
}

function noRoom(): Promise<never> {
  return Promise.reject(new DOMException("No space is left", "QuotaExceededError"));
}
