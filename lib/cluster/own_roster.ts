import type { Member } from "../chat/member.ts";
import type { NeighbourTarget, RosterWatch } from "../chat/neighbours.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { encodeMessage } from "./bus_request.ts";
import { type Cluster, subjectOf } from "./cluster.ts";
import type { RosterChange } from "./member_rows.ts";
import { countFitting, encodeRosterMessage, type RosterPage } from "./roster_messages.ts";

/** What an {@link OwnRoster} uses of its cluster. */
export type RosterCluster = Pick<Cluster, "name" | "bus"> & {
  readonly log: Pick<Cluster["log"], "incarnation" | "applied">;
};

/**
 * Tells the other servers of the members of this one. Changes are gathered for a moment; a change is the
 * whole row of a member, so that a later one makes up for one that was lost.
 */
export class OwnRoster implements RosterWatch, Disposable {
  readonly #cluster: RosterCluster;
  readonly #target: Pick<NeighbourTarget, "rows" | "rowOf">;
  /** The numbers of the members that the others may know of. */
  readonly #known = new Set<number>();
  /** What the others do not know yet: members, or those that are gone and whether they may come back. */
  readonly #changes = new Map<number, Member | { readonly isLost: boolean }>();
  readonly #beat: ReturnType<typeof setInterval>;
  #version = 0;
  #flushedMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Uses both, owns neither. */
  constructor(cluster: RosterCluster, target: Pick<NeighbourTarget, "rows" | "rowOf">) {
    this.#cluster = cluster;
    this.#target = target;
    this.#beat = setInterval(() => this.beat(), CLUSTER_LIMITS.rosterBeatMs);
  }

  onChange(member: Member): void {
    this.#known.add(member.number);
    this.#changes.set(member.number, member);
    this.#schedule();
  }

  onLeave({ number }: Member, isLost: boolean): void {
    if (!this.#known.delete(number)) return;
    this.#changes.set(number, { isLost });
    this.#schedule();
  }

  onSpeak({ number }: Member): void {
    if (this.#changes.has(number)) this.#flush();
  }

  /** Tells how many messages there were, so that one that was lost is missed. */
  beat(): void {
    this.#flush();
    this.#publish([]);
  }

  /** The members whose numbers are above `after`; with `null` the first ones. */
  page(after: number | null): RosterPage {
    this.#flush();
    const rows = [...this.#target.rows()].filter(({ number }) => after === null || number > after)
      .toSorted((a, b) => a.number - b.number)
      .map((row) => ({ row }));
    const changes = rows.slice(0, countFitting(rows));
    const hasMore = changes.length < rows.length;
    return { version: this.#version, place: this.#cluster.log.applied, changes, hasMore };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** A change after a pause is told at once. */
  #schedule(): void {
    const inMs = this.#flushedMs + CLUSTER_LIMITS.rosterGatherMs - performance.now();
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, inMs));
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    let changes = [...this.#changes].flatMap(([number, change]) => this.#changeOf(number, change));
    this.#changes.clear();
    if (changes.length > 0) this.#flushedMs = performance.now();
    while (changes.length > 0) {
      const count = countFitting(changes, CLUSTER_LIMITS.rosterRows);
      this.#version++;
      this.#publish(changes.slice(0, count));
      changes = changes.slice(count);
    }
  }

  #changeOf(number: number, change: Member | { readonly isLost: boolean }): RosterChange[] {
    if (!("nick" in change)) return [{ number, isLost: change.isLost }];
    const row = this.#target.rowOf(change);
    return row === null ? [] : [{ row }];
  }

  #publish(changes: readonly RosterChange[]): void {
    const { log: { incarnation, applied: place }, bus } = this.#cluster;
    const message = encodeRosterMessage({ incarnation, version: this.#version, place, changes });
    bus.publish(subjectOf(this.#cluster, `who.${incarnation}`), encodeMessage(message));
  }
}
