import type { Beat, LiveServers } from "./cluster.ts";
import type { StateMachine } from "./state_machine.ts";

/** Another server that has applied other records than this one. */
export interface Divergence {
  /** The id of the other server. */
  readonly server: string;
  /** Where their chains are not the same. */
  readonly place: number;
}

/**
 * Compares the chains of other servers, as their heartbeats tell them, with those of this one. A server that
 * is ahead is compared once this one has come to its place. Disposal ends it.
 */
export class DivergenceWatch implements Disposable {
  readonly #machine: Pick<StateMachine, "applied" | "chainAt">;
  readonly #onDiverged: (divergence: Divergence) => void;
  readonly #listening: Disposable;
  /** The heartbeats of servers that are ahead, by their ids. */
  readonly #ahead = new Map<string, Beat>();

  /** @param onDiverged called with each comparison that fails */
  constructor(
    beats: Pick<LiveServers, "onBeat">,
    machine: Pick<StateMachine, "applied" | "chainAt">,
    onDiverged: (divergence: Divergence) => void,
  ) {
    this.#machine = machine;
    this.#onDiverged = onDiverged;
    this.#listening = beats.onBeat((beat) => this.#hear(beat));
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #hear(beat: Beat): void {
    for (const [server, ahead] of this.#ahead) {
      if (ahead.applied > this.#machine.applied) continue;
      this.#ahead.delete(server);
      this.#compare(ahead);
    }
    if (beat.applied <= this.#machine.applied) this.#compare(beat);
    else if (!this.#ahead.has(beat.server)) this.#ahead.set(beat.server, beat);
  }

  #compare({ server, applied: place, chain }: Beat): void {
    const own = this.#machine.chainAt(place);
    if (own !== null && own !== chain) this.#onDiverged({ server, place });
  }
}
