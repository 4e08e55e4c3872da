import type { LiveServers } from "./cluster.ts";
import { DivergenceWatch } from "./divergence_watch.ts";
import type { Bus } from "./engine.ts";
import type { EngineLog } from "./engine_log.ts";
import { judgeChain } from "./judge_chain.ts";
import type { StateMachine } from "./state_machine.ts";

/** What a {@link DivergenceGuard} uses, and does not own. */
export interface DivergenceGuardOptions {
  readonly bus: Bus;
  /** The name of the cluster. */
  readonly name: string;
  readonly beats: Pick<LiveServers, "list" | "onBeat">;
  readonly machine: Pick<StateMachine, "applied" | "chainAt" | "onDiverged">;
  readonly log: Pick<EngineLog, "halt" | "stop">;
}

/**
 * Halts the log of a server that has applied other records than most: nothing that its clients send is acknowledged
 * any more. Without a majority all halt that differ. Disposal ends the guard.
 */
export class DivergenceGuard implements Disposable {
  readonly #options: DivergenceGuardOptions;
  readonly #listening = new DisposableStack();
  #isJudging = false;

  /** Begins at once. */
  constructor(options: DivergenceGuardOptions) {
    this.#options = options;
    const { beats, machine } = options;
    this.#listening.use(new DivergenceWatch(beats, machine, ({ place }) => this.#judge(place)));
    this.#listening.use(machine.onDiverged(({ place }) => this.#judge(place - 1, place)));
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  /** Judges by the first place where this server and another one differ, if any. */
  async #judge(...places: readonly number[]): Promise<void> {
    if (this.#isJudging) return;
    this.#isJudging = true;
    try {
      for (const place of places) if (await this.#actOn(place)) return;
    } finally {
      this.#isJudging = false;
    }
  }

  /** @returns whether nothing is left to judge */
  async #actOn(place: number): Promise<boolean> {
    const { bus, name, beats, machine, log } = this.#options;
    const others = beats.list().map(({ server }) => server);
    const verdict = await judgeChain({ bus, name, machine, others, place });
    if (this.#listening.disposed) return true;
    if (verdict === "wrong" || verdict === "open") log.halt(place);
    else if (verdict === "right" && log.stop?.code === "diverged") log.halt(null);
    return verdict !== "same";
  }
}
