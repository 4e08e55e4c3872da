import type { RemoteMember } from "../chat/remote_member.ts";
import type { BanTarget } from "../chat/ban.ts";
import { bansAddress } from "../chat/bans.ts";
import { foldNick } from "../protocol/chat_names.ts";

/** A client of a server, as its operator sees it. */
export interface ClientInfo {
  /** The number of the connection, counted from 1 since the start. */
  readonly id: number;
  /** The nick. */
  readonly nick: string;
  /** IPv4 or IPv6, without the port. */
  readonly address: string;
  /** The name of the account, or `null`. */
  readonly user: string | null;
  /** When the client connected, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** A client of another server of the cluster, as an operator sees it. */
export interface OtherClient extends Pick<ClientInfo, "nick" | "user"> {
  /** The id of its server: 8 letters. */
  readonly server: string;
  /** When the client entered the chat, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** What an operator sees of a member of another server. */
export function otherClientOf({ home, nick, user, sinceMs }: RemoteMember): OtherClient {
  return { server: home.slice(0, home.indexOf(".")), nick, user, sinceMs };
}

/** Whether a client has what a ban is about. */
export function isBanned({ address, nick, user }: ClientInfo, target: BanTarget): boolean {
  if (target.kind === "address") return bansAddress(target, address);
  return [nick, user ?? ""].map(foldNick).includes(target.subject);
}
