import { type Ending, type Flow, Proxy, type Tap } from "../helpers/proxy.ts";
import { type Aim, atByte, delayed, throttled } from "../helpers/proxy_taps.ts";
import type { Dice } from "./dice.ts";
import type { Kind, Outcome } from "./kind.ts";
import { aimAt, expectCode, isOverstretched, isResumable, recover } from "./recovery.ts";
import type { Scene } from "./scene.ts";
import { openStage } from "./stage.ts";
import type { Transfer } from "./transfer.ts";

const KIB = 1024;

/** Connections are cut, reset, delayed, throttled, or stand still. */
export const CUT: Kind = {
  name: "cut",
  cycles: 1_000,
  quickCycles: 14,
  leastResumed: 0.9,
  open: (options) => openStage(options, cutCycle),
};

async function cutCycle(scene: Scene, dice: Dice): Promise<Outcome> {
  const speed = dice.pick(["full", "full", "full", "full", "delayed", "throttled"]);
  const transfer = scene.newTransfer(dice, {
    ...(speed !== "full" && { mostBytes: 200 * KIB, folders: 0 }),
  });
  const cuts = new Cuts(transfer, dice);
  const slow: Record<string, Tap[]> = {
    full: [],
    delayed: [delayed(dice.between(1, 60))],
    throttled: [throttled(dice.between(100, 600) * KIB)],
  };
  const taps = [...cuts.taps, ...slow[speed]!];
  await using proxy = await Proxy.start(scene.port, taps);
  cuts.proxy = proxy;
  // A connection that stands still is given up after that time
  const args = cuts.stalls ? ["--timeout", "1"] : [];
  const result = await transfer.run({ port: proxy.port, args }).result;
  if (!(cuts.stalls && isOverstretched(result))) expectCode(result, cuts.count > 0 ? [0, 3] : [0]);
  if (cuts.stalls) proxy.cutAll("reset"); // The system gives it up in the end
  return await recover(scene, transfer, {
    result,
    wasHit: cuts.count > 0,
    isResumable: cuts.count > 0 && isResumable(transfer, cuts.last!),
  });
}

/** What is done to the connections of one transfer, in its order. */
class Cuts {
  readonly taps: Tap[];
  readonly stalls: boolean;
  /** How many came about. */
  count = 0;
  /** The one that came last. */
  last: Aim | null = null;
  proxy: Proxy | null = null;
  /** After the last one nobody can connect any more. */
  readonly #isFinal: boolean;
  readonly #total: number;

  constructor(transfer: Transfer, dice: Dice) {
    this.#total = dice.pick([1, 1, 2, 3]);
    this.#isFinal = dice.chance(0.4);
    this.stalls = dice.chance(0.03);
    this.taps = Array.from({ length: this.#total }, () => this.#cut(transfer, dice));
  }

  #cut(transfer: Transfer, dice: Dice): Tap {
    const aim = aimAt(dice, transfer);
    const ending = dice.pick<Ending>(["close", "reset"]);
    const isForAll = dice.chance(0.5);
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
