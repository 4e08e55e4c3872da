import type { PrivateMessage } from "../protocol/chat_events.ts";
import { encodeJsonFrame } from "../protocol/frames.ts";
import { LARGEST_ID } from "../protocol/json.ts";
import { LIMITS } from "../protocol/limits.ts";
import { checkChatText } from "../protocol/text.ts";
import { mailboxFull, nickUnknown, undelivered } from "./chat_errors.ts";
import { type ChatTexts, encodeLine } from "./chat_texts.ts";
import type { LostMember, LostMembers } from "./lost_members.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Member } from "./member.ts";
import type { KeptMessage, KeptReceipt } from "./kept_changes.ts";
import type { Neighbours, RemoteSender } from "./neighbours.ts";
import type { Presence } from "./presence.ts";
import type { PrivateOutcome } from "./private_outcome.ts";
import type { RemoteMember } from "./remote_member.ts";
import type { RemoteMembers } from "./remote_members.ts";
import { messageTo, type Sender, senderOf, type Unconfirmed, unkept } from "./unconfirmed.ts";

/** The first id of a PING that asks for a receipt; smaller ones are those of keep-alive. */
const FIRST_RECEIPT_ID = 2;

/** How a client has left: by QUIT, by the end of its input, or in any other way. */
export type Departure = "quit" | "ended" | "lost";

/** What {@link PrivateMessages} uses. */
export interface PrivateMessagesParts {
  readonly presence: Presence;
  readonly remotes: RemoteMembers;
  readonly lost: LostMembers;
  readonly neighbours: Neighbours;
  readonly texts: ChatTexts;
  /** How long a receipt is waited for. Default: `LIMITS.receiptMs`. */
  readonly receiptMs?: number | undefined;
}

/**
 * The private messages of the members (section 3.9 of the protocol). None is lost in silence: a message
 * is confirmed by its recipient, or kept until the recipient is back, or its sender is told.
 */
export class PrivateMessages {
  readonly #presence: Presence;
  readonly #remotes: RemoteMembers;
  readonly #lost: LostMembers;
  readonly #neighbours: Neighbours;
  readonly #texts: ChatTexts;
  readonly #receiptMs: number;
  /** By recipient, in the order of sending. */
  readonly #unconfirmed = new Map<Member, Unconfirmed[]>();
  #lastReceiptId = FIRST_RECEIPT_ID - 1;

  /** Uses all of them, owns none. */
  constructor(
    { presence, remotes, lost, neighbours, texts, receiptMs = LIMITS.receiptMs }:
      PrivateMessagesParts,
  ) {
    this.#presence = presence;
    this.#remotes = remotes;
    this.#lost = lost;
    this.#neighbours = neighbours;
    this.#texts = texts;
    this.#receiptMs = receiptMs;
  }

  /**
   * Sends a message. Resolves when the recipient has confirmed it, or when it is kept; for a recipient
   * that does not come back, at once. The recipient may have lost its connection, if its account is
   * known.
   *
   * @throws {RequestError} `not-found` if no member has the nick, or if it has left without confirming
   * the message; `bad-request` for a text that breaks the rules; or as the keeper does
   */
  async send(from: Member, nick: string, text: string): Promise<PrivateOutcome> {
    this.#presence.requirePresent(from);
    checkChatText(text);
    const to = this.#presence.nicks.find(nick);
    if (to?.isPresent) return await this.#sendHere(from, to, text);
    const elsewhere = to === null ? this.#remotes.find(nick) ?? this.#lost.find(nick) : null;
    if (elsewhere === null) throw nickUnknown();
    const common = messageTo(elsewhere.nick, from, text);
    const event = { ...common, id: crypto.randomUUID() };
    const outcome = "home" in elsewhere
      ? await this.#handOver(from, elsewhere, event)
      : await this.#keepFor(from, elsewhere, event);
    from.send(common, null);
    return outcome;
  }

  /**
   * Delivers the message of a member of another server to a member of this one. Resolves as `send` does.
   *
   * @throws {RequestError} as `send` does
   */
  async deliver(to: Member, from: RemoteSender, event: PrivateMessage): Promise<PrivateOutcome> {
    if (!to.isPresent) throw nickUnknown();
    const notify = (text: string) => this.#neighbours.notify(from, text);
    return await this.#deliver({ network: from.network, notify }, to, event);
  }

  /** A message is kept for an owner: its clients that are here get it, unless they have it. */
  onKept(owner: string, message: KeptMessage): void {
    for (const member of this.#presence.nicks.members()) {
      const { mailbox } = member;
      if (mailbox?.owner !== owner || !member.isPresent) continue;
      const waiting = this.#unconfirmed.get(member) ?? [];
      if (waiting.some(({ event }) => event.id === message.event.id)) continue;
      this.#deliverAll(member, mailbox, [message]);
    }
  }

  /**
   * Sends a member what was kept for it: call it when the member is there, and after its login. What
   * cannot be read now is sent the next time.
   */
  deliverKept(member: Member): void {
    const { mailbox } = member;
    if (mailbox === null || !member.isPresent) return;
    this.#lost.forget(mailbox);
    const messages = this.#neighbours.kept.list(mailbox.owner);
    if (messages.length > 0) this.#deliverAll(member, mailbox, messages);
  }

  #deliverAll(member: Member, mailbox: Mailbox, messages: readonly KeptMessage[]): void {
    const receiptId = this.#nextReceiptId();
    for (const { number, event } of messages) {
      member.send(event, null);
      const kept = Promise.resolve({ number, untilMs: 0 });
      this.#add(member, { ...unkept(null, event), mailbox, receiptId, kept });
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
    if (how !== "quit") this.#lost.add(member);
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

  async #sendHere(from: Member, to: Member, text: string): Promise<PrivateOutcome> {
    const common = messageTo(to.nick, from, text);
    const event = { ...common, id: crypto.randomUUID() };
    if (from === to) return this.#show(to, event);
    const outcome = await this.#deliver(senderOf(from), to, event);
    from.send(common, null);
    return outcome;
  }

  /** Sends an event to its recipient. @param event gets there without its id, unless it can be kept */
  #show(to: Member, { id, ...common }: PrivateMessage): PrivateOutcome {
    const event = to.mailbox === null ? common : { ...common, ...(id !== undefined && { id }) };
    to.send(event, encodeLine(this.#texts.privateSender(common.from), common.text));
    return { time: common.time, ...(to.away !== null && { away: to.away }) };
  }

  async #deliver(from: Sender, to: Member, event: PrivateMessage): Promise<PrivateOutcome> {
    const isKept = to.mailbox !== null;
    const waiting = this.#unconfirmed.get(to)?.length ?? 0;
    if (isKept && waiting >= LIMITS.keptMessagesPerClient) throw mailboxFull();
    const shown = this.#show(to, event);
    if (isKept) return { ...shown, ...await this.#awaitReceipt(from, to, event) };
    this.#add(to, { ...unkept(from, event), receiptId: 0 });
    return shown;
  }

  /** Where the server of the recipient does not answer, the message is kept: it may have arrived. */
  async #handOver(from: Member, to: RemoteMember, event: PrivateMessage): Promise<PrivateOutcome> {
    const outcome = await this.#neighbours.deliver({ from, to, event });
    if (outcome !== null) return outcome;
    const { nick, mailbox } = to;
    if (mailbox === null) throw undelivered();
    return await this.#keepFor(from, { nick, mailbox }, event);
  }

  #awaitReceipt(from: Sender, to: Member, event: PrivateMessage): Promise<PrivateOutcome> {
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

  #confirm({ done, event: { time }, timer, kept }: Unconfirmed): void {
    clearTimeout(timer);
    done?.resolve({ time });
    if (kept !== null) this.#remove(kept);
  }

  #remove(kept: Promise<KeptReceipt>): void {
    const failed = () => {}; // The sender was told
    kept.then(({ number }) => this.#neighbours.kept.remove(number), failed);
  }

  /** The recipient is silent, or its connection is lost: it gets the message when it is back. */
  #keep(message: Unconfirmed): void {
    const { mailbox, from, event, done } = message;
    clearTimeout(message.timer);
    message.done = null;
    if (mailbox === null) return;
    message.kept = this.#neighbours.kept.add(mailbox.owner, event, from?.network ?? null);
    message.kept.then(
      ({ untilMs }) => done?.resolve({ time: event.time, kept: untilMs }),
      (error) => {
        message.kept = null;
        done?.reject(error);
      },
    );
  }

  /** The recipient does not come back: the sender is told, unless the message is confirmed. */
  #giveUp({ from, event, done, timer, kept, sentMs }: Unconfirmed, how: Departure): void {
    clearTimeout(timer);
    if (done !== null) return done.reject(undelivered());
    const isOld = performance.now() - sentMs > LIMITS.unconfirmedMs;
    if (kept === null ? how !== "lost" || isOld : from === null) return;
    if (kept !== null) this.#remove(kept);
    from?.notify(this.#texts.undelivered(event.to, event.text));
  }

  async #keepFor(
    { network }: Member,
    { mailbox: { owner } }: LostMember,
    event: PrivateMessage,
  ): Promise<PrivateOutcome> {
    const { untilMs } = await this.#neighbours.kept.add(owner, event, network);
    return { time: event.time, kept: untilMs };
  }

  #nextReceiptId(): number {
    const isLast = this.#lastReceiptId >= LARGEST_ID;
    return this.#lastReceiptId = isLast ? FIRST_RECEIPT_ID : this.#lastReceiptId + 1;
  }
}

function sendPing(member: Member, id: number): void {
  member.outlet.send(encodeJsonFrame("PING", { id }));
}
