import { CONTENT_LIMITS } from "../../protocol/content_limits.ts";
import { ClientIdentity, type IdentityServices } from "./client_identity.ts";
import type { DataSessionOwner, SessionTokens, SharedContent } from "./session_tokens.ts";

/** What tickets are made of. */
interface TicketServices extends IdentityServices {
  readonly tokens: SessionTokens;
}

/**
 * Makes a ticket: a token with which one connection of another server of the cluster can fetch one content. It
 * is good for one connection, which has to attach within `ticketMs`.
 *
 * @param server the id of the other server, for the log and for fair turns
 * @param signal ends the ticket early
 */
export function issueContentTicket(
  services: TicketServices,
  content: SharedContent,
  server: string,
  signal: AbortSignal,
): string {
  const { tokens } = services;
  const revoke = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", revoke);
    tokens.revoke(token);
  };
  const owner: DataSessionOwner = {
    id: 0,
    identity: new ClientIdentity(0, `server ${server}`, services),
    token: null,
    content,
    close: () => {}, // The connection of another server is no client's
    addDataSession: revoke,
    removeDataSession: () => {},
  };
  const token = tokens.issue(owner);
  const timer = setTimeout(revoke, CONTENT_LIMITS.ticketMs);
  signal.addEventListener("abort", revoke);
  return token;
}
