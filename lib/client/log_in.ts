import { prepareUser } from "../accounts/prepare.ts";
import { ScramPassword } from "../accounts/scram_password.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { type LoggedIn, proveAccount } from "./prove_account.ts";

/** The credentials of an account. Reusing the same object makes later logins cheaper. */
export interface LoginOptions {
  /** The name of the account. */
  readonly user: string;
  /** It is not sent; a proof of it is. */
  readonly password: string;
}

/** Passwords that were prepared and salted, which is slow on purpose. */
const prepared = new WeakMap<LoginOptions, ScramPassword>();

/**
 * Logs in as {@link proveAccount} does.
 *
 * @throws {RequestError} the same; `bad-request` when no account can have the name or the password
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
  return await proveAccount(protocol, user, password, endPoint);
}
