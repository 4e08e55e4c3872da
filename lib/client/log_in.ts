import { prepareUser } from "../accounts/prepare.ts";
import { ScramPassword } from "../accounts/scram_password.ts";
import { RequestError } from "../protocol/errors.ts";
import { linkOfUser } from "../protocol/link_key.ts";
import { requireLinks } from "./client_links.ts";
import { logInByLink } from "./log_in_by_link.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { type LoggedIn, proveAccount } from "./prove_account.ts";

/** The credentials of an account, or of a link. Reusing the same object makes later logins cheaper. */
export interface LoginOptions {
  /** The name of the account; `link:ID` for a link. */
  readonly user: string;
  /** It is not sent; a proof of it is. For a link its secret. */
  readonly password: string;
  /**
   * For a link: names this receiver, for whom the link counts once within an hour. Random, of 16 to 64
   * characters. Default: one for each of these objects.
   */
  readonly claim?: string;
}

/** Passwords that were prepared and salted, which is slow on purpose. */
const prepared = new WeakMap<LoginOptions, ScramPassword>();

/**
 * Logs in as {@link proveAccount} does.
 *
 * @throws {RequestError} the same; `bad-request` when no account can have the name or the password;
 * `unsupported` `links-none` for a link on a server without links
 */
export async function logIn(
  protocol: Protocol2Client,
  login: LoginOptions,
  endPoint?: Uint8Array | null,
): Promise<LoggedIn> {
  const password = prepared.get(login) ?? new ScramPassword(login.password);
  prepared.set(login, password);
  const user = prepareUser(login.user);
  if (user === null) {
    const detail = "Cannot log in: no account can have this name";
    throw new RequestError("bad-request", detail, { reason: "account-name" });
  }
  if (linkOfUser(user) === null) return await proveAccount(protocol, user, password, endPoint);
  requireLinks(protocol);
  return await logInByLink(protocol, user, password, claimOf(login), endPoint);
}

/** The claims of logins that give none. */
const claims = new WeakMap<LoginOptions, string>();

function claimOf(login: LoginOptions): string {
  const claim = login.claim ?? claims.get(login) ?? crypto.randomUUID();
  claims.set(login, claim);
  return claim;
}
