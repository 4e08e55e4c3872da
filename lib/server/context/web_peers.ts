import { BoundedMap } from "../../async/bounded_map.ts";
import { networkKey } from "../../stream/ip_address.ts";

/**
 * Browsers open connections ahead of need, and close those that they did not use after some 10 s:
 * beside a request, a silent connection is likely to be one of them.
 */
const RECENT_MS = 15_000;
const REMEMBERED_NETWORKS = 4_096;

/** The networks that requests of HTTP came from lately. */
export class WebPeers {
  /** The time of the last request, by network. */
  readonly #seen = new BoundedMap<string, number>(REMEMBERED_NETWORKS);

  /** Notes a request. */
  see(address: string): void {
    this.#seen.set(networkKey(address), performance.now());
  }

  /** Whether a silent connection is likely to be that of a browser. @param network a `networkKey` */
  areLikelyAt(network: string): boolean {
    const seenMs = this.#seen.get(network);
    return seenMs !== undefined && performance.now() - seenMs < RECENT_MS;
  }
}
