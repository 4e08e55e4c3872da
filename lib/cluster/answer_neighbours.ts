import type { NeighbourTarget } from "../chat/neighbours.ts";
import type { Fields, JsonObject } from "../protocol/json.ts";
import { answerServers, hearServers } from "./bus_request.ts";
import { type Cluster, requestSubject, subjectOf } from "./cluster.ts";
import { decodeIncarnation } from "./incarnation.ts";
import { decodePrivateMessage } from "./kept_entries.ts";
import { listenAsIncarnation } from "./listen_as_incarnation.ts";
import type { OwnRoster } from "./own_roster.ts";
import { encodeRosterPage } from "./roster_messages.ts";

/** What {@link answerNeighbours} uses, and does not own. */
interface AnsweredNeighbours {
  readonly cluster: Cluster;
  readonly target: NeighbourTarget;
  readonly roster: OwnRoster;
}

/** Takes what the other servers ask and tell this one about members. Disposal of the result ends that. */
export function answerNeighbours(parts: AnsweredNeighbours): Disposable {
  const { cluster: { bus, log }, target } = parts;
  const listening = new DisposableStack();
  listening.use(hearServers(bus, subjectOf(parts.cluster, "say"), (notice) => {
    if (notice.text("from") === log.incarnation) return;
    target.announce(notice.text("text"), notice.optionalText("user"));
  }));
  listening.use(listenAsIncarnation(log, (incarnation) => listen(parts, incarnation)));
  return listening;
}

function listen(
  { cluster, target, roster }: AnsweredNeighbours,
  incarnation: string,
): Disposable {
  const listening = new DisposableStack();
  const subject = (what: string) => requestSubject(cluster, incarnation, what);
  const answer = (what: string, work: (question: Fields) => Promise<JsonObject> | JsonObject) =>
    listening.use(answerServers(cluster.bus, subject(what), work));
  answer(
    "roster",
    (question) => encodeRosterPage(roster.page(question.optionalInteger("after") ?? null)),
  );
  answer("tell", (question) => deliver(target, question));
  answer("kick", (question) => {
    const [number, notice] = [question.integer("to"), question.text("notice")];
    return { done: target.kick(number, notice) };
  });
  listening.use(hearServers(cluster.bus, subject("notify"), (notice) => {
    target.notify(notice.integer("to"), notice.text("text"));
  }));
  return listening;
}

async function deliver(target: NeighbourTarget, question: Fields): Promise<JsonObject> {
  const from = {
    number: question.integer("from"),
    home: decodeIncarnation(question, "home"),
    network: question.optionalText("network") ?? null,
  };
  const event = decodePrivateMessage(question.object("event"));
  return { ...await target.deliver(question.integer("to"), from, event) };
}
