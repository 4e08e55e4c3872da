import type { Prng } from "../helpers/prng.ts";
import { type Ending, type Flow, Proxy, type Tap } from "../helpers/proxy.ts";
import { type Aim, atByte, delayed, throttled } from "../helpers/proxy_taps.ts";
import type { Fixture } from "./fixture.ts";
import type { Kind, Outcome } from "./kind.ts";
import { aimAt, expectCode, isResumable, isStallFailure, recover } from "./recovery.ts";
import { openStage } from "./stage.ts";
import type { Transfer } from "./transfer.ts";

const KIB = 1024;

/** Connections are cut, reset, delayed, throttled, or stall. */
export const CUT: Kind = {
  name: "cut",
  cycles: 1_000,
  quickCycles: 14,
  minResumedShare: 0.9,
  minAtOnceShare: 0.4, // In six of ten cycles the client can connect again
  open: (options) => openStage(options, cutCycle),
};

async function cutCycle(fixture: Fixture, prng: Prng): Promise<Outcome> {
  const speed = prng.pick(["full", "full", "full", "full", "delayed", "throttled"]);
  const transfer = fixture.newTransfer(prng, {
    ...(speed !== "full" && { maxBytes: 200 * KIB, folders: 0 }),
  });
  const cuts = new Cuts(transfer, prng);
  const slow: Record<string, Tap[]> = {
    full: [],
    delayed: [delayed(prng.between(1, 60))],
    throttled: [throttled(prng.between(100, 600) * KIB)],
  };
  const taps = [...cuts.taps, ...slow[speed]!];
  await using proxy = await Proxy.start(fixture.port, taps);
  cuts.proxy = proxy;
  // A stalled connection is given up after that time
  const args = cuts.stalls ? ["--timeout", "1"] : [];
  const result = await transfer.run({ port: proxy.port, args }).result;
  if (!(cuts.stalls && isStallFailure(result))) expectCode(result, cuts.count > 0 ? [0, 3] : [0]);
  if (cuts.stalls) proxy.cutAll("reset"); // As the system does in the end
  return await recover(fixture, transfer, {
    result,
    wasHit: cuts.count > 0,
    isResumable: cuts.count > 0 && isResumable(transfer, cuts.last!),
  });
}

/** The cuts of the connections of one transfer, in order. */
class Cuts {
  readonly taps: Tap[];
  readonly stalls: boolean;
  /** Number of cuts that happened. */
  count = 0;
  /** The last cut that happened. */
  last: Aim | null = null;
  proxy: Proxy | null = null;
  /** Whether the proxy refuses connections after the last cut. */
  readonly #isFinal: boolean;
  readonly #total: number;

  constructor(transfer: Transfer, prng: Prng) {
    this.#total = prng.pick([1, 1, 2, 3]);
    this.#isFinal = prng.chance(0.4);
    this.stalls = prng.chance(0.03);
    this.taps = Array.from({ length: this.#total }, () => this.#cut(transfer, prng));
  }

  #cut(transfer: Transfer, prng: Prng): Tap {
    const aim = aimAt(prng, transfer);
    const ending = prng.pick<Ending>(["close", "reset"]);
    const isForAll = prng.chance(0.5);
    return atByte(aim, async (flow) => {
      this.count++;
      if (this.last === null || aim.direction === transfer.direction) this.last = aim;
      if (this.count === this.#total && this.#isFinal) this.proxy?.refuse();
      await this.#strike(flow, ending, isForAll);
    });
  }

  async #strike({ link }: Flow, ending: Ending, isForAll: boolean): Promise<void> {
    if (this.stalls) await link.ended;
    else if (isForAll) this.proxy?.cutAll(ending);
    else link.cut(ending);
  }
}
