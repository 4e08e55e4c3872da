import type { Topic } from "../protocol/chat_answers.ts";
import type { PrivateMessage } from "../protocol/chat_events.ts";
import type { KeptMessage, KeptReceipt } from "./kept_changes.ts";
import type { Member } from "./member.ts";
import type { PrivateOutcome } from "./private_outcome.ts";
import type { MemberAddress, MemberRow, RemoteMember } from "./remote_member.ts";

/** Decides which member has a nick, on all servers alike. */
export interface NickClaims {
  /** The number of a new guest: no other one has it. @param connection the number of its connection */
  guestNumber(connection: number): number | string;
  /**
   * Claims a nick for a member of this server. Resolves once the member has it: the target was told.
   *
   * @param nick checked by this server, in NFC
   * @param isOwn whether the member may have it though it looks like another: it is the name of its
   * account, or the nick that it entered with
   * @throws {RequestError} `exists` if another member has it or one that looks like it; as the journal
   */
  claim(member: Member, nick: string, isOwn: boolean): Promise<void>;
  /** A member has left: what it has claimed becomes free. */
  release(member: Member): void;
}

/** Keeps the topics of the rooms. */
export interface TopicStore {
  /**
   * Sets the topic of a room. Resolves once it is stored, and the target was told.
   *
   * @param text `""` removes the topic
   * @throws {RequestError} as the history or the journal does
   */
  set(room: string, from: string, text: string): Promise<Topic | null>;
}

/** Keeps private messages until their recipients are back. */
export interface MessageKeeper {
  /**
   * Keeps a message for a while. A server alone stores it before it returns.
   *
   * @param network of the sender, whose messages are counted together; `null` if they are not
   * @throws {RequestError} `busy` with the reason `mailbox-full` beyond the limits; as the database or
   * the journal does
   */
  add(owner: string, event: PrivateMessage, network: string | null): Promise<KeptReceipt>;
  /** The messages for an owner, the oldest first; none while the database fails. */
  list(owner: string): readonly KeptMessage[];
  /** Removes a message. Never throws: one that is delivered twice is shown once. */
  remove(number: number): void;
}

/** Is told of the members of this server that the others may know of. */
export interface RosterWatch {
  /** A member has come, or has changed: its nick, account, rooms, protocol, what it says while away. */
  onChange(member: Member): void;
  /** A member has gone. @param isLost whether it may come back: it has not said that it leaves */
  onLeave(member: Member, isLost: boolean): void;
  /** A member is about to say something: what it has changed is told first. */
  onSpeak(member: Member): void;
}

/** A private message on its way to the server of its recipient. */
export interface RemoteMessage {
  readonly from: Member;
  readonly to: RemoteMember;
  readonly event: PrivateMessage;
}

/** The other servers of a cluster, as the chat of one of them uses them. */
export interface Neighbours {
  readonly claims: NickClaims;
  readonly topics: TopicStore;
  readonly kept: MessageKeeper;
  readonly roster: RosterWatch;
  /**
   * Hands a private message to the server of its recipient. Resolves as {@link PrivateMessages.send}
   * does; to `null` if that server does not answer: the message may have arrived.
   *
   * @throws {RequestError} as the server of the recipient refuses it
   */
  deliver(message: RemoteMessage): Promise<PrivateOutcome | null>;
  /**
   * Has another server disconnect its member. Resolves to whether it was there.
   *
   * @throws {RequestError} `busy` if that server does not answer
   */
  kick(member: MemberAddress, notice: string): Promise<boolean>;
  /** Shows a member of another server a notice, if it can be reached. */
  notify(member: MemberAddress, text: string): void;
  /** Shows a notice to the members of all other servers, if they can be reached. @param user only to those of this account */
  announce(text: string, user?: string): void;
  /** Ends what waits. */
  close(): void;
}

/** What the other servers of a cluster tell the chat of this one. Methods must not throw. */
export interface NeighbourTarget {
  /** The members of this server that others may know of. */
  rows(): Iterable<MemberRow>;
  /** What others may know of a member; `null` if nothing. */
  rowOf(member: Member): MemberRow | null;
  /**
   * A member of this server has a nick from now on.
   *
   * @param place where it is told: after the messages that are under way, or here among them
   */
  setNick(member: Member, nick: string, place: "after" | "here"): void;
  /** The topic of a room is another one; its text is `""` if it was removed. */
  setTopic(room: string, topic: Topic): void;
  /** A message is kept for an owner: clients of it that are here get it. */
  onKept(owner: string, message: KeptMessage): void;
  /** Another server tells of one of its members. @param place how far it had applied the log */
  setRemote(home: string, row: MemberRow, place: number): void;
  /** A member of another server has gone. */
  deleteRemote(address: MemberAddress, isLost: boolean): void;
  /** A server is gone, and with it its members. */
  dropHome(home: string): void;
  /** A member of another server has a nick from a place of the log on. */
  renameRemote(address: MemberAddress, nick: string, place: number): void;
  /**
   * Delivers a private message to a member of this server.
   *
   * @throws {RequestError} `not-found` if there is no such member; as {@link PrivateMessages.send} does
   */
  deliver(number: number, from: RemoteSender, event: PrivateMessage): Promise<PrivateOutcome>;
  /** Disconnects the member of a number. Returns whether it was there. */
  kick(number: number, notice: string): boolean;
  /** Shows a notice to the member of a number. */
  notify(number: number, text: string): void;
  /** Shows a notice to all members, or to those of an account. */
  announce(text: string, user?: string): void;
}

/** The sender of a private message that another server hands over. */
export interface RemoteSender extends MemberAddress {
  /** The network of the client, whose messages are counted together; `null` if they are not. */
  readonly network: string | null;
}
