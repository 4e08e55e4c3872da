import { nickUnknown } from "./chat_errors.ts";
import type { LostMembers } from "./lost_members.ts";
import type { Member } from "./member.ts";
import type { NeighbourTarget } from "./neighbours.ts";
import type { OtherMembers } from "./other_members.ts";
import type { Presence } from "./presence.ts";
import type { PrivateMessages } from "./private_messages.ts";
import type { MemberRow } from "./remote_member.ts";
import type { RemoteMembers } from "./remote_members.ts";
import { RemotePresence } from "./remote_presence.ts";
import { sendNotice } from "./notices.ts";
import type { Topics } from "./topics.ts";

/** The parts of a hub that a {@link NeighbourTarget} uses; the last two are made after it. */
export interface TargetParts {
  readonly presence: Presence;
  readonly remotes: RemoteMembers;
  readonly lost: LostMembers;
  readonly others: OtherMembers;
  readonly topics: () => Topics;
  readonly privateMessages: () => PrivateMessages;
}

/** Lets the other servers of a cluster reach the parts of a hub. */
export function neighbourTarget(
  { presence, remotes, lost, others, topics, privateMessages }: TargetParts,
): NeighbourTarget {
  const elsewhere = new RemotePresence(remotes, presence.rooms, lost);
  const rowOf = (member: Member) => presence.isListed(member) ? memberRow(member) : null;
  return {
    rows: () => Iterator.from(presence.nicks.members()).map(rowOf).filter((row) => row !== null),
    rowOf,
    setNick: (member, nick, place) => presence.setNick(member, nick, place),
    setTopic: (room, topic) => topics().tell(room, topic),
    onKept: (owner, message) => privateMessages().onKept(owner, message),
    setRemote: (home, row, place) => elsewhere.set(home, row, place),
    deleteRemote: (address, isLost) => elsewhere.delete(address, isLost),
    dropHome: (home) => elsewhere.drop(home),
    renameRemote: (address, nick, place) => elsewhere.rename(address, nick, place),
    deliver: async (number, from, event) => {
      const to = presence.find(number);
      if (to === null) throw nickUnknown();
      return await privateMessages().deliver(to, from, event);
    },
    kick: (number, notice) => others.kickHere(number, notice),
    notify: (number, text) => {
      const member = presence.find(number);
      if (member !== null) sendNotice(member, text);
    },
    announce: (text, user) => presence.notice(text, user),
  };
}

function memberRow(
  { number, nick, user, sinceMs, protocol, away, roomNames, mailbox }: Member,
): MemberRow {
  return { number, nick, user, sinceMs, protocol, away, roomNames, mailbox };
}
