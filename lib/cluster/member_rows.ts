import type { MemberRow } from "../chat/remote_member.ts";
import type { Fields, JsonObject } from "../protocol/json.ts";

/** A change of the members of a server. */
export type RosterChange =
  /** A member has come, or is another one. */
  | { readonly row: MemberRow }
  /** A member has gone. */
  | { readonly number: number; readonly isLost: boolean };

/** Encodes a change; what is usual is left out. */
export function encodeChange(change: RosterChange): JsonObject {
  if ("number" in change) return { m: change.number, ...(change.isLost && { lost: true }) };
  const { number, nick, sinceMs, protocol, user, away, roomNames, mailbox } = change.row;
  return {
    m: number,
    n: nick,
    t: sinceMs,
    ...(protocol === 1 && { old: true }),
    ...(user !== null && { u: user }),
    ...(away !== null && { a: away }),
    ...(mailbox !== null && { box: mailbox.owner }),
    ...(mailbox?.endsWithClient && { ends: true }),
    r: roomNames,
  };
}

/** Decodes a change. @throws {RequestError} for what no server sends */
export function decodeChange(fields: Fields): RosterChange {
  const number = fields.integer("m");
  const nick = fields.optionalText("n");
  if (nick === undefined) return { number, isLost: fields.flag("lost") };
  const owner = fields.optionalText("box");
  return {
    row: {
      number,
      nick,
      sinceMs: fields.integer("t"),
      protocol: fields.flag("old") ? 1 : 2,
      user: fields.optionalText("u") ?? null,
      away: fields.optionalText("a") ?? null,
      mailbox: owner === undefined ? null : { owner, endsWithClient: fields.flag("ends") },
      roomNames: fields.texts("r"),
    },
  };
}

/** The number of the member that a change is about. */
export function numberOf(change: RosterChange): number {
  return "number" in change ? change.number : change.row.number;
}
