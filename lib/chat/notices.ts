import { encodeNotice } from "./chat_texts.ts";
import type { Member } from "./member.ts";

/** A member, as a notice reaches it. */
export type NoticedMember = Pick<Member, "send">;

/** Shows a member a notice of the server. */
export function sendNotice(member: NoticedMember, text: string): void {
  member.send({ event: "notice", text }, encodeNotice(text));
}

/** A notice about a state of the server that lasts, for the members that come meanwhile: each gets it once. */
export class StandingNotice {
  #text: string | null = null;
  /** Those that have come since, and have not been told. */
  #waiting = new WeakSet<NoticedMember>();

  /** Sets the notice, which the members that are here have got; `null` for none. */
  set(text: string | null): void {
    this.#text = text;
    this.#waiting = new WeakSet();
  }

  /** Adds a member that has come. */
  add(member: NoticedMember): void {
    if (this.#text !== null) this.#waiting.add(member);
  }

  /** Tells a member, to which events can be sent now. Repeated calls do nothing. */
  tellTo(member: NoticedMember): void {
    const text = this.#text;
    if (text === null || !this.#waiting.delete(member)) return;
    sendNotice(member, text);
  }
}
