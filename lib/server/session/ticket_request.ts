import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Requests } from "../../protocol/requests.ts";
import type { SessionContext } from "../context/session_context.ts";

/** Answers TCKT (section 3.7 of the protocol). A guest needs no ticket, and gets none. */
export async function answerTicket(
  { services: { settings, tickets }, identity }: SessionContext,
  { path }: Requests["TCKT"],
): Promise<JsonObject> {
  if (!settings.files || !settings.hasPage) throw new RequestError("unsupported");
  identity.checkList(path);
  const { account } = identity;
  if (account === null) return { path, ticket: null, expires: null };
  const { text: ticket, expiresMs: expires } = await tickets.issue(account, path);
  return { path, ticket, expires };
}
