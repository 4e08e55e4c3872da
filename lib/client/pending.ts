import { LIMITS } from "../protocol/limits.ts";
import type { Peer } from "../protocol/peers.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { BatchReceiver } from "./batch_receiver.ts";
import type { DownloadReceiver } from "./download_receiver.ts";

/** A request that waits for its answer. */
export interface Pending {
  readonly resolve: (object: JsonObject) => void;
  readonly reject: (error: unknown) => void;
  /** Handles REDY. */
  readonly onReady?: (offset: number) => void;
  /** Handles PAGE. */
  readonly onPage?: (page: JsonObject) => void;
  /** Whether PONG is its answer. */
  readonly isPing: boolean;
}

/** A download whose final frame has not come. */
export interface ActiveDownload {
  readonly id: number;
  readonly download: DownloadReceiver | BatchReceiver;
  /** Whether FEND need not tell the SHA-256. */
  readonly isPiece: boolean;
}

/**
 * How long a server may be silent, in milliseconds: short where the client can go on at another one, and the
 * server answers PING at once, whatever else it does.
 */
export function silenceMsOf(
  peers: readonly Peer[],
  unanswered: readonly (Pick<Pending, "onReady"> | ActiveDownload)[],
): number {
  const isFree = peers.length > 1 && unanswered.length < LIMITS.lookupsWhileBusy &&
    !unanswered.some((each) => "onReady" in each);
  return isFree ? LIMITS.clusterSilenceMs : LIMITS.silenceMs;
}
