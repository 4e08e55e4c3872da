import type { NeighbourTarget } from "../chat/neighbours.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { askServer, hearServers } from "./bus_request.ts";
import { type Cluster, requestSubject, subjectOf } from "./cluster.ts";
import { serverOf } from "./incarnation.ts";
import { RemoteRoster } from "./remote_roster.ts";
import { decodeRosterMessage, decodeRosterPage, type RosterMessage } from "./roster_messages.ts";

/** What {@link RemoteRosters} use, and do not own. */
export interface RemoteRostersParts {
  readonly cluster: Cluster;
  readonly target: Pick<NeighbourTarget, "setRemote" | "deleteRemote" | "dropHome">;
  /** Whether an incarnation is gone, as the log says. */
  readonly isGone: (incarnation: string) => boolean;
}

/** The members of all other servers. Disposal ends listening. */
export class RemoteRosters implements Disposable {
  readonly #parts: RemoteRostersParts;
  readonly #rosters = new Map<string, RemoteRoster>();
  readonly #listening = new DisposableStack();
  #isAdvancing = false;

  /** Listens. */
  constructor(parts: RemoteRostersParts) {
    this.#parts = parts;
    const { bus, log, beats } = parts.cluster;
    const subject = subjectOf(parts.cluster, "who.>");
    this.#listening.use(
      hearServers(bus, subject, (message) => this.#hear(decodeRosterMessage(message))),
    );
    this.#listening.use(beats.onBeat(({ incarnation }) => this.meet(incarnation)));
    this.#listening.use(log.on("gone", ({ entry }) => this.#drop(entry.incarnation)));
    for (const kind of ["say", "nick", "topic"] as const) {
      this.#listening.use(log.on(kind, () => this.#advanceSoon()));
    }
  }

  /** Asks a server that was not heard before for its members. */
  meet(incarnation: string): void {
    if (!this.#rosters.has(incarnation)) this.#rosterOf(incarnation)?.ask();
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    for (const roster of this.#rosters.values()) roster.drop();
  }

  #hear(message: RosterMessage): void {
    this.#rosterOf(message.incarnation)?.hear(message);
  }

  /** `null` for one that has no members: it is gone, or it is this server. */
  #rosterOf(incarnation: string): RemoteRoster | null {
    const { cluster, target, isGone } = this.#parts;
    const known = this.#rosters.get(incarnation);
    if (known !== undefined) return known;
    if (serverOf(incarnation) === cluster.serverId || isGone(incarnation)) return null;
    const roster = new RemoteRoster({
      listener: {
        set: (row, place) => target.setRemote(incarnation, row, place),
        delete: (number, isLost) => target.deleteRemote({ home: incarnation, number }, isLost),
      },
      ask: async (after) => {
        const subject = requestSubject(cluster, incarnation, "roster");
        const question = after === null ? {} : { after };
        const { requestMs } = CLUSTER_LIMITS;
        return decodeRosterPage(await askServer(cluster.bus, subject, question, requestMs));
      },
      applied: () => cluster.log.applied,
    });
    this.#rosters.set(incarnation, roster);
    return roster;
  }

  #drop(incarnation: string): void {
    this.#rosters.get(incarnation)?.drop();
    this.#rosters.delete(incarnation);
    this.#parts.target.dropHome(incarnation);
  }

  /** Once all that is applied in this turn is told. */
  #advanceSoon(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    queueMicrotask(() => {
      this.#isAdvancing = false;
      for (const roster of this.#rosters.values()) roster.advance();
    });
  }
}
