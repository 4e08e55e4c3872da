import type { LiveServers } from "./cluster.ts";
import { watchDivergence } from "./divergence_watch.ts";
import type { Bus } from "./engine.ts";
import type { EngineLog } from "./engine_log.ts";
import { judgeChain } from "./judge_chain.ts";
import type { StateMachine } from "./state_machine.ts";

/** What {@link guardDivergence} uses, and does not own. */
interface DivergenceGuardOptions {
  readonly bus: Bus;
  /** The name of the cluster. */
  readonly name: string;
  readonly beats: Pick<LiveServers, "list" | "onBeat">;
  readonly machine: Pick<StateMachine, "applied" | "chainAt" | "onDiverged">;
  readonly log: Pick<EngineLog, "halt" | "stop">;
}

/**
 * Halts the log of a server that has applied other records than most: nothing that its clients send is acknowledged
 * any more. Without a majority all halt that differ. Disposal of the result ends that.
 */
export function guardDivergence(
  { bus, name, beats, machine, log }: DivergenceGuardOptions,
): Disposable {
  const listening = new DisposableStack();
  let isJudging = false;
  /** @returns whether nothing is left to judge */
  const actOn = async (place: number) => {
    const others = beats.list().map(({ server }) => server);
    const verdict = await judgeChain({ bus, name, machine, others, place });
    if (listening.disposed) return true;
    if (verdict === "wrong" || verdict === "open") log.halt(place);
    else if (verdict === "right" && log.stop?.code === "diverged") log.halt(null);
    return verdict !== "same";
  };
  /** Judges by the first place where this server and another one differ, if any. */
  const judge = async (...places: readonly number[]) => {
    if (isJudging) return;
    isJudging = true;
    try {
      for (const place of places) if (await actOn(place)) return;
    } finally {
      isJudging = false;
    }
  };
  listening.use(watchDivergence(beats, machine, (place) => judge(place)));
  listening.use(machine.onDiverged(({ place }) => judge(place - 1, place)));
  return listening;
}
