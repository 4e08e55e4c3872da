import { checkNick, foldNick, SERVER_NAME } from "../protocol/chat_names.ts";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import type { Member } from "./member.ts";

const SERVER = foldNick(SERVER_NAME);

/** Who is on the server, by nick: no two nicks differ in case only. */
export class Nicks {
  readonly #members = new Map<string, Member>();
  readonly #isReserved: (folded: string) => boolean;

  /** @param isReserved tells whether a folded nick is the name of an account */
  constructor(isReserved: (folded: string) => boolean) {
    this.#isReserved = isReserved;
  }

  /** How many are on the server. */
  get size(): number {
    return this.#members.size;
  }

  /** Everybody, oldest nick first. */
  members(): Iterable<Member> {
    return this.#members.values();
  }

  /** Who has a nick, in any case, or `null`. */
  find(nick: string): Member | null {
    return this.#members.get(foldNick(nick)) ?? null;
  }

  /** The nick for a guest: `guest-N`, or where that is taken, `guest-N-2` and so on. */
  freeGuest(number: number): string {
    const name = `guest-${number}`;
    for (let i = 1;; i++) {
      const nick = i === 1 ? name : `${name}-${i}`;
      if (!this.#members.has(nick) && !this.#isReserved(nick)) return nick;
    }
  }

  /** Takes a member in, under the nick that it has, which must be free. */
  add(member: Member): void {
    this.#members.set(foldNick(member.nick), member);
  }

  /** Lets its nick go. */
  remove(member: Member): void {
    this.#members.delete(foldNick(member.nick));
  }

  /**
   * Gives a member another nick, in NFC.
   *
   * @throws {RequestError} `bad-request` when it is malformed, `denied` when it is reserved for
   * somebody else, `exists` when somebody else has it
   */
  change(member: Member, nick: string): void {
    const wanted = checkNick(nick);
    const folded = foldNick(wanted);
    const isOwn = member.user !== null && foldNick(member.user) === folded;
    if (folded === SERVER || (!isOwn && this.#isReserved(folded))) {
      throw refused("denied", "nick-reserved", "it is reserved");
    }
    const holder = this.#members.get(folded) ?? member;
    if (holder !== member) throw refused("exists", "nick-taken", "it is in use");
    this.remove(member);
    member.setNick(wanted);
    this.add(member);
  }
}

function refused(
  code: "denied" | "exists",
  reason: RequestErrorReason,
  detail: string,
): RequestError {
  return new RequestError(code, `Cannot take this nick: ${detail}`, { reason });
}
