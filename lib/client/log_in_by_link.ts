import type { SaltedPassword } from "../accounts/scram_client.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { type LoggedIn, proveAccount } from "./prove_account.ts";

/**
 * Logs in by a link.
 *
 * @param user `link:ID`
 * @param claim names this receiver
 * @throws {RequestError} as {@link proveAccount}; `auth-failed` `link-unknown`
 */
export async function logInByLink(
  protocol: Protocol2Client,
  user: string,
  password: SaltedPassword,
  claim: string,
  endPoint?: Uint8Array | null,
): Promise<LoggedIn> {
  try {
    return await proveAccount(protocol, user, password, endPoint, claim);
  } catch (error) {
    throw isUnknown(error) ? unknownLink(error) : error;
  }
}

/** A link that the server does not know, or another secret of it: no password was typed. */
function isUnknown(error: unknown): boolean {
  return error instanceof RequestError && error.code === "auth-failed" && error.reason === null;
}

function unknownLink(cause: unknown): RequestError {
  const detail = "Cannot come by this link: the server knows none such";
  return new RequestError("auth-failed", detail, { reason: "link-unknown", cause });
}
