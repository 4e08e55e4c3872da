import { checkNick, foldNick, SERVER_NAME } from "../protocol/chat_names.ts";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import type { Member } from "./member.ts";

const SERVER = foldNick(SERVER_NAME);

/** The members of the server by nick. No two nicks differ only in case or width. */
export class Nicks {
  readonly #members = new Map<string, Member>();
  readonly #isReserved: (folded: string) => boolean;

  /** @param isReserved tells whether a folded nick is reserved; throws if it cannot be known */
  constructor(isReserved: (folded: string) => boolean) {
    this.#isReserved = isReserved;
  }

  /** The number of members. */
  get size(): number {
    return this.#members.size;
  }

  /** All members, oldest nick first. */
  members(): Iterable<Member> {
    return this.#members.values();
  }

  /** The member with a nick, in any case, or `null`. */
  find(nick: string): Member | null {
    return this.#members.get(foldNick(nick)) ?? null;
  }

  /**
   * A free nick for a guest: `guest-N`, else `guest-N-2` and so on. A nick that may be reserved
   * counts as free: no client stays out because a database fails.
   */
  freeGuest(number: number): string {
    const name = `guest-${number}`;
    for (let i = 1;; i++) {
      const nick = i === 1 ? name : `${name}-${i}`;
      if (!this.#members.has(nick) && !this.#isKnownReserved(nick)) return nick;
    }
  }

  #isKnownReserved(nick: string): boolean {
    try {
      return this.#isReserved(nick);
    } catch {
      return false;
    }
  }

  /** Adds a member under its nick, which must be free. */
  add(member: Member): void {
    this.#members.set(foldNick(member.nick), member);
  }

  /** Removes a member; its nick becomes free. */
  remove(member: Member): void {
    this.#members.delete(foldNick(member.nick));
  }

  /**
   * Changes the nick of a member.
   *
   * @param nick in any form; the member gets it in NFC
   * @throws {RequestError} `bad-request` if it is malformed, `denied` if it is reserved and not the
   * name of the member's account, `exists` if another member has it
   */
  change(member: Member, nick: string): void {
    const wanted = checkNick(nick);
    const folded = foldNick(wanted);
    const isOwn = member.user !== null && foldNick(member.user) === folded;
    if (folded === SERVER || (!isOwn && this.#isReserved(folded))) {
      throw nickError("denied", "nick-reserved", "it is reserved");
    }
    const holder = this.#members.get(folded) ?? member;
    if (holder !== member) throw nickError("exists", "nick-taken", "it is in use");
    this.remove(member);
    member.setNick(wanted);
    this.add(member);
  }
}

function nickError(
  code: "denied" | "exists",
  reason: RequestErrorReason,
  detail: string,
): RequestError {
  return new RequestError(code, `Cannot take this nick: ${detail}`, { reason });
}
