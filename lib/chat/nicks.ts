import { checkNick, foldNick } from "../protocol/chat_names.ts";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import { isMisleadingNick, lookalikeKeys, looksLike } from "../protocol/lookalikes.ts";
import type { Member } from "./member.ts";
import type { NickRules } from "./nick_rules.ts";

/** The name of an administrator: kept for the account of that name. */
const ADMIN_NAME = "admin";
/** Begins the nick of every guest on a server with accounts. */
const GUEST_PREFIX = "guest-";

/** A nick that a member may take. */
export interface WantedNick {
  readonly nick: string;
  /** Whether the member may have it though it looks like another: it is its account's, or its first one. */
  readonly isOwn: boolean;
}

/** The members of the server by nick. No two nicks differ only in case or width, or look alike. */
export class Nicks {
  readonly #members = new Map<string, Member>();
  readonly #lookalikes = new Map<string, Member>();
  readonly #rules: NickRules;

  /** Without members. */
  constructor(rules: NickRules) {
    this.#rules = rules;
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
   * A free nick for a guest: `guest-N`, else `guest-N-2` and so on. A nick that may be banned counts
   * as free: no client stays out because a database fails.
   */
  freeGuest(number: number | string): string {
    const name = `${GUEST_PREFIX}${number}`;
    for (let i = 1;; i++) {
      const nick = i === 1 ? name : `${name}-${i}`;
      if (!this.#members.has(nick) && !this.#isKnownBanned(nick)) return nick;
    }
  }

  /** Adds a member under its nick, which must be free. */
  add(member: Member): void {
    this.#members.set(foldNick(member.nick), member);
    for (const key of lookalikeKeys(member.nick)) this.#lookalikes.set(key, member);
  }

  /** Removes a member; its nick becomes free. */
  remove(member: Member): void {
    this.#members.delete(foldNick(member.nick));
    for (const key of lookalikeKeys(member.nick)) {
      if (this.#lookalikes.get(key) === member) this.#lookalikes.delete(key);
    }
  }

  /**
   * Checks whether a member may take a nick, as far as this server knows.
   *
   * @param nick in any form
   * @returns the nick that the member would get: in NFC; on a server with accounts, `guest-NICK` for a
   * guest: the answer does not tell whether an account has the name
   * @throws {RequestError} `bad-request` if it is malformed, `exists` if another member has it or one
   * that looks like it, `denied` if it is reserved or banned
   */
  check(member: Member, nick: string): WantedNick {
    const wanted = this.#markGuest(member, checkNick(nick));
    const isOwn = isOwnNick(member, wanted);
    const holder = this.find(wanted) ?? (isOwn ? null : this.#findLookalike(wanted)) ?? member;
    if (holder !== member) throw nickTaken();
    if (this.#rules.isBanned(wanted) || (!isOwn && this.#isReserved(wanted, member))) {
      throw nickError("denied", "nick-reserved", "it is reserved");
    }
    return { nick: wanted, isOwn };
  }

  /** Changes the nick of a member. The new one must be free. */
  set(member: Member, nick: string): void {
    this.remove(member);
    member.setNick(nick);
    this.add(member);
  }

  #markGuest(member: Member, nick: string): string {
    const isMarked = foldNick(nick).startsWith(GUEST_PREFIX);
    if (isMarked || member.user !== null || !this.#rules.hasAccounts()) return nick;
    if (isMisleadingNick(nick)) throw nickError("denied", "nick-reserved", "it is reserved");
    return checkNick(`${GUEST_PREFIX}${nick}`);
  }

  #isReserved(nick: string, { user }: Member): boolean {
    return isMisleadingNick(nick) || looksLike(nick, ADMIN_NAME) ||
      this.#rules.isAccountOfOther(nick, user);
  }

  #findLookalike(nick: string): Member | null {
    const found = lookalikeKeys(nick).flatMap((key) => this.#lookalikes.get(key) ?? []);
    return found[0] ?? null;
  }

  #isKnownBanned(nick: string): boolean {
    try {
      return this.#rules.isBanned(nick);
    } catch {
      return false;
    }
  }
}

function isName(nick: string, name: string | null): boolean {
  return name !== null && foldNick(nick) === foldNick(name);
}

/** Whether a nick is one that a member may have though it looks like another: see {@link WantedNick}. */
export function isOwnNick({ user, defaultNick }: Member, nick: string): boolean {
  return isName(nick, user) || isName(nick, defaultNick);
}

/** The error of a nick that another member has, or that looks like one. */
export function nickTaken(): RequestError {
  return nickError("exists", "nick-taken", "it is in use");
}

function nickError(
  code: "denied" | "exists",
  reason: RequestErrorReason,
  detail: string,
): RequestError {
  return new RequestError(code, `Cannot take this nick: ${detail}`, { reason });
}
