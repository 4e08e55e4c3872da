/** A member of this server or of another one, as the lists of members tell it. */
export interface Person {
  readonly nick: string;
  /** The name of the account, or `null`. */
  readonly user: string | null;
  /** When the client entered the chat, milliseconds since 1970. */
  readonly sinceMs: number;
  readonly protocol: 1 | 2;
  /** What the client says while it is away; `null` if it is not. */
  readonly away: string | null;
  /** The rooms that it is in. */
  readonly roomNames: readonly string[];
}

/** A member in an answer to WHOS. */
export interface MemberInfo {
  readonly nick: string;
  readonly user?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly protocol: 1 | 2;
  /** What the client says while it is away. */
  readonly away?: string;
}

/** What WHOS tells of a member. */
export function memberInfo({ nick, user, sinceMs, protocol, away }: Person): MemberInfo {
  return {
    nick,
    ...(user !== null && { user }),
    since: sinceMs,
    protocol,
    ...(away !== null && { away }),
  };
}
