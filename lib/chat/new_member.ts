import type { MemberOptions } from "./member.ts";

/** A client that enters the chat: it gets its nick there. */
export interface NewMember extends Omit<MemberOptions, "nick" | "user" | "number"> {
  /** The number of the connection. */
  readonly number: number;
  /** The name of the account. Default `null`. */
  readonly user?: string | null;
}
