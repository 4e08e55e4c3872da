import { Listeners } from "../async/listeners.ts";
import type { ClusterState } from "../protocol/cluster_state.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import type { Engine, EngineState } from "./engine.ts";
import type { EngineLog } from "./engine_log.ts";
import type { StopCode } from "./state_machine.ts";

/** How often the time of the record in flight is looked at. */
const CHECK_MS = 500;

const STATES: Readonly<Record<StopCode, ClusterState>> = {
  "busy": "in-step",
  "no-space": "no-space",
  "failed": "failed",
  "newer": "newer",
  "diverged": "diverged",
  "gap": "log-lost",
};

/** What {@link Health} looks at. */
export interface HealthOptions {
  readonly engine: Pick<Engine, "state" | "onState">;
  readonly log: Pick<EngineLog, "stop" | "broken" | "unansweredMs" | "onStop">;
  /** How long the log may be out of reach. Default: that of the limits. */
  readonly noticeMs?: number;
}

/**
 * Tells how this server stands to its cluster. What passes by itself within some seconds is not told: an
 * election in the engine, another connection.
 */
export class Health implements Disposable {
  readonly #options: HealthOptions;
  readonly #noticeMs: number;
  readonly #listeners = new Listeners<[ClusterState]>();
  readonly #parts = new DisposableStack();
  #lostMs: number | null = null;
  #state: ClusterState = "in-step";

  /** Uses the engine and the log, does not own them. */
  constructor(options: HealthOptions) {
    const { engine, log, noticeMs = CLUSTER_LIMITS.noticeMs } = options;
    this.#options = options;
    this.#noticeMs = noticeMs;
    this.#onEngine(engine.state);
    this.#parts.use(engine.onState((state) => this.#onEngine(state)));
    this.#parts.use(log.onStop(() => this.#check()));
    const timer = setInterval(() => this.#check(), CHECK_MS);
    this.#parts.defer(() => clearInterval(timer));
  }

  /** How this server stands to its cluster at the moment. */
  get state(): ClusterState {
    return this.#state;
  }

  /** Calls `listener` at every change of {@link state}. */
  onState(listener: (state: ClusterState) => void): Disposable {
    return this.#listeners.add(listener);
  }

  [Symbol.dispose](): void {
    this.#parts[Symbol.dispose]();
  }

  #onEngine(state: EngineState): void {
    this.#lostMs = state === "lost" ? this.#lostMs ?? performance.now() : null;
    this.#check();
  }

  #check(): void {
    const state = this.#judge();
    if (state === this.#state) return;
    this.#state = state;
    this.#listeners.tell(state);
  }

  #judge(): ClusterState {
    const { log: { stop, broken, unansweredMs } } = this.#options;
    if (broken !== null) return "log-lost";
    if (stop !== null && STATES[stop.code] !== "in-step") return STATES[stop.code];
    const lostForMs = this.#lostMs === null ? 0 : performance.now() - this.#lostMs;
    return Math.max(lostForMs, unansweredMs) >= this.#noticeMs ? "cut-off" : "in-step";
  }
}
