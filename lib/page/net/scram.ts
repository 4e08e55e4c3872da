import { saltPassword } from "../../accounts/scram_keys.ts";
import { logInByLink } from "../../client/log_in_by_link.ts";
import type { Protocol2Client } from "../../client/protocol2_client.ts";
import { type LoggedIn, proveAccount } from "../../client/prove_account.ts";
import type { TabLogin } from "./tab_login.ts";

/** Logs in. @throws as {@link proveAccount}; by a link as {@link logInByLink} */
function logIn(
  protocol: Protocol2Client,
  { user, password, claim }: TabLogin,
): Promise<LoggedIn> {
  return claim === undefined
    ? proveAccount(protocol, user, password)
    : logInByLink(protocol, user, password, claim);
}

/** What logins need, and guests do not: a page loads it with the first login. */
export const SCRAM = { logIn, saltPassword } as const;
