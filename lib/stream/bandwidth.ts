import { Pacer } from "./pacer.ts";
import type { RateLimits } from "./rate_limits.ts";

/**
 * Limits of file data in both directions, each with the same rates. Connections that share one share its
 * rates; they can be changed at any time.
 *
 * @example Download with 2 MB a second, then without a limit
 * ```ts
 * import { Bandwidth, connect, serve } from "@tcp-chat/tcp-chat";
 *
 * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
 * const bandwidth = new Bandwidth({ total: 2_000_000 });
 * await using client = await connect({ hostname: "localhost", port: server.port, bandwidth });
 * bandwidth.limits = {};
 * ```
 */
export class Bandwidth {
  /**
   * What this side sends.
   *
   * @internal
   */
  readonly sent: Pacer = new Pacer();
  /**
   * What this side receives.
   *
   * @internal
   */
  readonly received: Pacer = new Pacer();

  /** Limits both directions from the beginning. @throws {RangeError} as `limits` does */
  constructor(limits: RateLimits = {}) {
    this.limits = limits;
  }

  /** The limits of each direction. */
  get limits(): RateLimits {
    return this.sent.limits;
  }

  /** Changes the limits, for what is under way, too. @throws {RangeError} for less than 16,384 */
  set limits(limits: RateLimits) {
    this.sent.limits = limits;
    this.received.limits = limits;
  }
}
