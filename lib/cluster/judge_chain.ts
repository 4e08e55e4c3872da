import type { Bus } from "./engine.ts";
import { askStatus } from "./server_status.ts";
import type { StateMachine } from "./state_machine.ts";

/** How long another server has for its answer. */
const ANSWER_MS = 2_000;

/**
 * How the chain of a server compares with those of others at a place. `same`: with all that know it; `right`: more
 * have this one than any other; `wrong`: more have another one; `open`: as many have another one.
 */
export type Verdict = "same" | "right" | "wrong" | "open";

/** What {@link judgeChain} asks. */
export interface ChainQuestion {
  readonly bus: Bus;
  /** The name of the cluster. */
  readonly name: string;
  readonly machine: Pick<StateMachine, "chainAt">;
  /** The ids of the other servers. Those that do not answer have no vote. */
  readonly others: readonly string[];
  readonly place: number;
}

/** Asks other servers for their chain at a place. */
export async function judgeChain(
  { bus, name, machine, others, place }: ChainQuestion,
): Promise<Verdict> {
  const own = machine.chainAt(place);
  if (own === null) return "same";
  const asked = others.map((server) =>
    askStatus(bus, { name, server }, { place, timeoutMs: ANSWER_MS }).catch(() => null)
  );
  const statuses = await Promise.all(asked);
  const chains = statuses.flatMap((status) => status?.chainAtPlace ?? []);
  const votes = [...Map.groupBy([own, ...chains], (chain) => chain)];
  const votesOf = (found: typeof votes) => Math.max(0, ...found.map(([, { length }]) => length));
  const ownVotes = votesOf(votes.filter(([chain]) => chain === own));
  const otherVotes = votesOf(votes.filter(([chain]) => chain !== own));
  if (otherVotes === 0) return "same";
  if (ownVotes === otherVotes) return "open";
  return ownVotes > otherVotes ? "right" : "wrong";
}
