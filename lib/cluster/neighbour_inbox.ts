import type { NeighbourTarget } from "../chat/neighbours.ts";
import type { Fields, JsonObject } from "../protocol/json.ts";
import { answerServers, hearServers } from "./bus_request.ts";
import { type Cluster, requestSubject, subjectOf } from "./cluster.ts";
import { decodeIncarnation } from "./incarnation.ts";
import { decodePrivateMessage } from "./kept_entries.ts";
import { listenAsIncarnation } from "./listen_as_incarnation.ts";
import type { OwnRoster } from "./own_roster.ts";
import { encodeRosterPage } from "./roster_messages.ts";

/** What a {@link NeighbourInbox} uses, and does not own. */
export interface NeighbourInboxParts {
  readonly cluster: Cluster;
  readonly target: NeighbourTarget;
  readonly roster: OwnRoster;
}

/** Takes what the other servers ask and tell this one about members. Disposal ends that. */
export class NeighbourInbox implements Disposable {
  readonly #parts: NeighbourInboxParts;
  readonly #listening = new DisposableStack();

  /** Listens. */
  constructor(parts: NeighbourInboxParts) {
    this.#parts = parts;
    const { cluster } = parts;
    this.#listening.use(
      hearServers(cluster.bus, subjectOf(cluster, "say"), (notice) => this.#announce(notice)),
    );
    this.#listening.use(
      listenAsIncarnation(cluster.log, (incarnation) => this.#listen(incarnation)),
    );
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #listen(incarnation: string): Disposable {
    const listening = new DisposableStack();
    const { cluster, target, roster } = this.#parts;
    const subject = (what: string) => requestSubject(cluster, incarnation, what);
    const answer = (what: string, work: (question: Fields) => Promise<JsonObject> | JsonObject) =>
      listening.use(answerServers(cluster.bus, subject(what), work));
    answer(
      "roster",
      (question) => encodeRosterPage(roster.page(question.optionalInteger("after") ?? null)),
    );
    answer("tell", (question) => this.#deliver(question));
    answer("kick", (question) => {
      const [number, notice] = [question.integer("to"), question.text("notice")];
      return { done: target.kick(number, notice) };
    });
    listening.use(
      hearServers(cluster.bus, subject("notify"), (notice) => {
        target.notify(notice.integer("to"), notice.text("text"));
      }),
    );
    return listening;
  }

  async #deliver(question: Fields): Promise<JsonObject> {
    const from = {
      number: question.integer("from"),
      home: decodeIncarnation(question, "home"),
      network: question.optionalText("network") ?? null,
    };
    const event = decodePrivateMessage(question.object("event"));
    return { ...await this.#parts.target.deliver(question.integer("to"), from, event) };
  }

  #announce(notice: Fields): void {
    const { cluster, target } = this.#parts;
    if (notice.text("from") === cluster.log.incarnation) return;
    target.announce(notice.text("text"), notice.optionalText("user"));
  }
}
