import { BoundedMap } from "../async/bounded_map.ts";
import type { PrivateMessage } from "../protocol/chat_events.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import { LARGEST_ID } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkChatText } from "../protocol/text.ts";
import { mailboxFull, nickUnknown, undelivered } from "./chat_errors.ts";
import { type ChatTexts, encodeLine, encodeNotice } from "./chat_texts.ts";
import type { KeptMessages } from "./kept_messages.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Member } from "./member.ts";
import type { Presence } from "./presence.ts";
import type { PrivateOutcome } from "./private_outcome.ts";

/** The first id of a PING that asks for a receipt; smaller ones are those of keep-alive. */
const FIRST_RECEIPT_ID = 2;

/** How a client has left: by QUIT, by the end of its input, or in any other way. */
export type Departure = "quit" | "ended" | "lost";

/** A member that has lost its connection. */
interface LostMember {
  readonly nick: string;
  readonly mailbox: Mailbox;
}

/** A private message whose recipient has not confirmed it. */
interface Unconfirmed {
  /** `null` if the message was kept for an earlier session of the recipient. */
  readonly from: Member | null;
  readonly event: PrivateMessage;
  /** `null` if it cannot be kept. */
  readonly mailbox: Mailbox | null;
  /** The id of the PING whose PONG confirms it; 0 if any frame does. */
  readonly receiptId: number;
  readonly sentMs: number;
  /** Answers the sender; `null` once that is done. */
  done: PromiseWithResolvers<PrivateOutcome> | null;
  /** Its number in the database; `null` if it is not there. */
  number: number | null;
  timer?: ReturnType<typeof setTimeout>;
}

/**
 * The private messages of the members (section 3.9 of the protocol). None is lost in silence: a message
 * is confirmed by its recipient, or kept until the recipient is back, or its sender is told.
 */
export class PrivateMessages {
  readonly #presence: Presence;
  readonly #kept: KeptMessages;
  readonly #texts: ChatTexts;
  readonly #receiptMs: number;
  /** By recipient, in the order of sending. */
  readonly #unconfirmed = new Map<Member, Unconfirmed[]>();
  /** By folded nick: members of accounts whose connection was lost, and that are not back. */
  readonly #lost = new BoundedMap<string, LostMember>(LIMITS.lostMembers);
  #lastReceiptId = FIRST_RECEIPT_ID - 1;

  /** Uses presence and store, owns neither. @param receiptMs how long a receipt is waited for */
  constructor(
    presence: Presence,
    kept: KeptMessages,
    texts: ChatTexts,
    receiptMs: number = LIMITS.receiptMs,
  ) {
    this.#presence = presence;
    this.#kept = kept;
    this.#texts = texts;
    this.#receiptMs = receiptMs;
  }

  /**
   * Sends a message. Resolves when the recipient has confirmed it, or when it is kept; for a recipient
   * that does not come back, at once. The recipient may have lost its connection, if its account is
   * known.
   *
   * @throws {RequestError} `not-found` if no member has the nick, or if it has left without confirming
   * the message; `bad-request` for a text that breaks the rules; or as {@link KeptMessages.add} does
   */
  send(from: Member, nick: string, text: string): Promise<PrivateOutcome> {
    return Promise.try(() => {
      this.#presence.requirePresent(from);
      checkChatText(text);
      const to = this.#presence.nicks.find(nick);
      if (to?.isPresent) return this.#deliver(from, to, text);
      const lost = to === null ? this.#lost.get(foldNick(nick)) : undefined;
      if (lost === undefined) throw nickUnknown();
      return this.#keepFor(from, lost, text);
    });
  }

  /**
   * Sends a member what was kept for it: call it when the member is there, and after its login. What
   * cannot be read now is sent the next time.
   */
  deliverKept(member: Member): void {
    const { mailbox } = member;
    if (mailbox === null || !member.isPresent) return;
    this.#forgetLost(mailbox);
    const messages = this.#kept.list(mailbox.owner);
    if (messages.length === 0) return;
    const receiptId = this.#nextReceiptId();
    for (const { number, event } of messages) {
      member.send(event, null);
      this.#add(member, {
        from: null,
        event,
        mailbox,
        receiptId,
        sentMs: performance.now(),
        done: null,
        number,
      });
    }
    sendPing(member, receiptId);
  }

  /** A member has answered a PING: it has all that was sent before. */
  onReceipt(member: Member, id: number): void {
    const messages = this.#unconfirmed.get(member) ?? [];
    const at = messages.findLastIndex(({ receiptId }) => receiptId === id);
    if (at < 0) return;
    for (const message of messages.splice(0, at + 1)) this.#confirm(message);
    if (messages.length === 0) this.#unconfirmed.delete(member);
  }

  /** A member has sent a frame, which shows that its connection lives. */
  onFrame(member: Member): void {
    if (!this.#unconfirmed.has(member)) return; // Nearly always
    if (member.mailbox === null) this.#unconfirmed.delete(member);
  }

  /** A member leaves: what it has not confirmed is kept, or told to the senders. */
  leave(member: Member, how: Departure): void {
    const { nick, mailbox: left } = member;
    if (how !== "quit" && left !== null && !left.endsWithClient) {
      this.#lost.set(foldNick(nick), { nick, mailbox: left });
    }
    const messages = this.#unconfirmed.get(member) ?? [];
    this.#unconfirmed.delete(member);
    for (const message of messages) {
      const { mailbox } = message;
      if (mailbox === null || (how === "quit" && mailbox.endsWithClient)) {
        this.#giveUp(message, how);
      } else if (message.done !== null) this.#keep(message);
    }
  }

  /** Keeps what is not confirmed. */
  close(): void {
    for (const member of [...this.#unconfirmed.keys()]) this.leave(member, "lost");
  }

  #deliver(from: Member, to: Member, text: string): Promise<PrivateOutcome> | PrivateOutcome {
    const time = Date.now();
    const { mailbox } = to;
    const common = { event: "message", to: to.nick, from: from.nick, text, time } as const;
    const event = mailbox === null ? common : { ...common, id: crypto.randomUUID() };
    const waiting = this.#unconfirmed.get(to)?.length ?? 0;
    if (mailbox !== null && waiting >= LIMITS.keptMessagesPerClient) throw mailboxFull();
    to.send(event, encodeLine(this.#texts.privateSender(from.nick), text));
    const away = to.away === null ? {} : { away: to.away };
    if (from === to) return { time, ...away };
    if (mailbox === null) {
      this.#add(to, { ...unkept(from, event), receiptId: 0 });
      from.send(common, null);
      return { time, ...away };
    }
    return this.#awaitReceipt(from, to, event).then((outcome) => {
      from.send(common, null);
      return { ...outcome, ...away };
    });
  }

  #awaitReceipt(from: Member, to: Member, event: PrivateMessage): Promise<PrivateOutcome> {
    const receiptId = this.#nextReceiptId();
    const done = Promise.withResolvers<PrivateOutcome>();
    const message: Unconfirmed = { ...unkept(from, event), mailbox: to.mailbox, receiptId, done };
    message.timer = setTimeout(() => this.#keep(message), this.#receiptMs);
    this.#add(to, message);
    sendPing(to, receiptId);
    return done.promise;
  }

  #add(to: Member, message: Unconfirmed): void {
    const messages = this.#unconfirmed.get(to) ?? [];
    messages.push(message);
    if (messages.length > LIMITS.keptMessagesPerClient && message.mailbox === null) {
      messages.shift();
    }
    this.#unconfirmed.set(to, messages);
  }

  #confirm({ done, event: { time }, timer, number }: Unconfirmed): void {
    clearTimeout(timer);
    done?.resolve({ time });
    if (number !== null) this.#kept.remove(number);
  }

  /** The recipient is silent, or its connection is lost: it gets the message when it is back. */
  #keep(message: Unconfirmed): void {
    const { mailbox, from, event, done } = message;
    clearTimeout(message.timer);
    message.done = null;
    if (mailbox === null) return;
    try {
      const { number, untilMs } = this.#kept.add(mailbox.owner, event, from?.network);
      message.number = number;
      done?.resolve({ time: event.time, kept: untilMs });
    } catch (error) {
      done?.reject(error);
    }
  }

  /** The recipient does not come back: the sender is told, unless the message is confirmed. */
  #giveUp({ from, event, done, timer, number, sentMs }: Unconfirmed, how: Departure): void {
    clearTimeout(timer);
    if (done !== null) return done.reject(undelivered());
    const isOld = performance.now() - sentMs > LIMITS.unconfirmedMs;
    if (number === null ? how !== "lost" || isOld : from === null) return;
    if (number !== null) this.#kept.remove(number);
    if (from === null || from.hasLeft) return;
    const text = this.#texts.undelivered(event.to, event.text);
    from.send({ event: "notice", text }, encodeNotice(text));
  }

  #keepFor(from: Member, { nick, mailbox }: LostMember, text: string): PrivateOutcome {
    const time = Date.now();
    const common = { event: "message", to: nick, from: from.nick, text, time } as const;
    const event = { ...common, id: crypto.randomUUID() };
    const { untilMs } = this.#kept.add(mailbox.owner, event, from.network);
    from.send(common, null);
    return { time, kept: untilMs };
  }

  /** A member of an account is back, under whatever nick: messages go to that one. */
  #forgetLost({ owner }: Mailbox): void {
    for (const [nick, { mailbox }] of this.#lost.entries()) {
      if (mailbox.owner === owner) this.#lost.delete(nick);
    }
  }

  #nextReceiptId(): number {
    const isLast = this.#lastReceiptId >= LARGEST_ID;
    return this.#lastReceiptId = isLast ? FIRST_RECEIPT_ID : this.#lastReceiptId + 1;
  }
}

function unkept(from: Member, event: PrivateMessage): Omit<Unconfirmed, "receiptId"> {
  return { from, event, mailbox: null, sentMs: performance.now(), done: null, number: null };
}

function sendPing(member: Member, id: number): void {
  member.outlet.send(encodeJsonFrame("PING", { id }));
}
