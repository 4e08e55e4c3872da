import type { PrivateMessage } from "../protocol/chat_events.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Member } from "./member.ts";
import type { KeptReceipt } from "./kept_changes.ts";
import type { PrivateOutcome } from "./private_outcome.ts";
import { sendNotice } from "./notices.ts";

/** The sender of a private message, on this server or another one. */
export interface Sender {
  /** The network of the client, whose messages are counted together; `null` if they are not. */
  readonly network: string | null;
  /** Shows the client a notice, unless it has left. */
  notify(text: string): void;
}

/** A private message whose recipient has not confirmed it. */
export interface Unconfirmed {
  /** `null` if the message was kept for an earlier session of the recipient. */
  readonly from: Sender | null;
  readonly event: PrivateMessage;
  /** `null` if it cannot be kept. */
  readonly mailbox: Mailbox | null;
  /** The id of the PING whose PONG confirms it; 0 if any frame does. */
  readonly receiptId: number;
  readonly sentMs: number;
  /** Answers the sender; `null` once that is done. */
  done: PromiseWithResolvers<PrivateOutcome> | null;
  /** Its number in the database, once it is there; `null` if it is not to be there. */
  kept: Promise<KeptReceipt> | null;
  timer?: ReturnType<typeof setTimeout>;
}

/** A message that nothing is known of yet. @param from `null` if it was kept for an earlier session of the recipient */
export function unkept(from: Sender | null, event: PrivateMessage): Omit<Unconfirmed, "receiptId"> {
  return { from, event, mailbox: null, sentMs: performance.now(), done: null, kept: null };
}

/** A private message that is sent now, without an id. */
export function messageTo(to: string, { nick: from }: Member, text: string) {
  return { event: "message", to, from, text, time: Date.now() } as const;
}

/** A member of this server as a sender. */
export function senderOf(member: Member): Sender {
  const notify = (text: string) => {
    if (!member.hasLeft) sendNotice(member, text);
  };
  return { network: member.network, notify };
}
