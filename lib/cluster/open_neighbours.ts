import type { DatabaseSync } from "node:sqlite";
import type { KeptMessages } from "../chat/kept_messages.ts";
import type { MessageKeeper, Neighbours, NeighbourTarget, TopicStore } from "../chat/neighbours.ts";
import { encodeMessage } from "./bus_request.ts";
import { type Cluster, requestSubject, subjectOf } from "./cluster.ts";
import { LogNickClaims } from "./nick_claims.ts";
import { answerNeighbours } from "./answer_neighbours.ts";
import { OwnRoster } from "./own_roster.ts";
import { RemoteRosters } from "./remote_rosters.ts";
import { liveIncarnations } from "./server_status.ts";
import { kickRemote, tellRemote } from "./tell_remote.ts";

/** The storage of this server, which `openNeighbours` uses and does not own. */
export interface NeighbourStorage {
  readonly database: DatabaseSync;
  readonly kept: KeptMessages;
}

/** Connects the chat of this server with those of the other servers of its cluster. */
export function openNeighbours(
  cluster: Cluster,
  { database, kept }: NeighbourStorage,
  target: NeighbourTarget,
): Neighbours {
  const parts = new DisposableStack();
  const { bus, log } = cluster;
  const roster = parts.use(new OwnRoster(cluster, target));
  const claims = parts.use(new LogNickClaims(cluster, target));
  parts.use(answerNeighbours({ cluster, target, roster }));
  parts.use(listenToLog(cluster, target));
  const gone = database.prepare("SELECT gone FROM origins WHERE incarnation = ?");
  const isGone = (incarnation: string) => (gone.get(incarnation)?.gone ?? null) !== null;
  const rosters = parts.use(new RemoteRosters({ cluster, target, isGone }));
  for (const incarnation of liveIncarnations(database)) rosters.meet(incarnation);
  roster.beat();
  return {
    claims,
    topics: topicStore(cluster),
    kept: messageKeeper(cluster, kept),
    roster,
    deliver: (message) => tellRemote(cluster, message),
    kick: (member, notice) => kickRemote(cluster, member, notice),
    notify: ({ home, number }, text) =>
      bus.publish(requestSubject(cluster, home, "notify"), encodeMessage({ to: number, text })),
    announce: (text, user) => {
      const notice = { from: log.incarnation, text, ...(user !== undefined && { user }) };
      bus.publish(subjectOf(cluster, "say"), encodeMessage(notice));
    },
    close: () => parts[Symbol.dispose](),
  };
}

function topicStore({ log }: Cluster): TopicStore {
  return {
    set: async (room, from, text) => {
      const { time } = await log.append({ kind: "topic", room, from, text });
      return text === "" ? null : { text, from, time };
    },
  };
}

function messageKeeper({ log }: Cluster, kept: KeptMessages): MessageKeeper {
  return {
    add: (owner, event, network) => log.append({ kind: "keep", owner, event, network }),
    list: (owner) => kept.list(owner),
    remove: (number) => {
      log.append({ kind: "unkeep", number }).catch(() => {}); // It is shown once all the same
    },
  };
}

function listenToLog({ log }: Cluster, target: NeighbourTarget): Disposable {
  const listening = new DisposableStack();
  listening.use(log.on("topic", ({ entry: { room, from, text }, outcome: { time } }) => {
    target.setTopic(room, { text, from, time });
  }));
  listening.use(log.on("keep", ({ entry: { owner, event }, outcome: { number } }) => {
    target.onKept(owner, { number, event });
  }));
  return listening;
}
