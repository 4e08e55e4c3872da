import type { Beat, LiveServers } from "./cluster.ts";
import type { StateMachine } from "./state_machine.ts";

/**
 * Compares the chains of other servers, as their heartbeats tell them, with those of this one. A server that
 * is ahead is compared once this one has come to its place. Disposal of the result ends that.
 *
 * @param onDiverged called with the place of each comparison that fails
 */
export function watchDivergence(
  beats: Pick<LiveServers, "onBeat">,
  machine: Pick<StateMachine, "applied" | "chainAt">,
  onDiverged: (place: number) => void,
): Disposable {
  /** The heartbeats of servers that are ahead, by their ids. */
  const waiting = new Map<string, Beat>();
  const compare = ({ applied: place, chain }: Beat) => {
    const own = machine.chainAt(place);
    if (own !== null && own !== chain) onDiverged(place);
  };
  return beats.onBeat((beat) => {
    for (const [server, ahead] of waiting) {
      if (ahead.applied > machine.applied) continue;
      waiting.delete(server);
      compare(ahead);
    }
    if (beat.applied <= machine.applied) compare(beat);
    else if (!waiting.has(beat.server)) waiting.set(beat.server, beat);
  });
}
