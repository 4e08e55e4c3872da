import { checkNick, foldNick } from "../protocol/chat_names.ts";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import { isMisleadingNick } from "../protocol/lookalikes.ts";
import { prepareUser } from "./prepare.ts";

// Clients without an account, and the groups of the rule file
const RESERVED = /^(?:guests?|guest-.*|members?|admins)$/u;

/**
 * Checks the name of an account and returns it in NFC.
 *
 * The rules are those of nicks. In addition, SASLprep has to accept the name; a name that mixes
 * writing directions, for example, could never log in.
 *
 * @throws {RequestError} `bad-request` `account-name`, or `denied` `account-reserved`
 */
export function checkAccountName(name: string): string {
  const normal = nickOrNull(name);
  if (normal === null || prepareUser(normal) === null) {
    throw nameError("account-name", "it is malformed");
  }
  if (isMisleadingNick(normal) || RESERVED.test(foldNick(normal))) {
    throw nameError("account-reserved", "it is reserved");
  }
  return normal;
}

function nickOrNull(name: string): string | null {
  try {
    return checkNick(name);
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

function nameError(reason: RequestErrorReason, detail: string): RequestError {
  const code = reason === "account-reserved" ? "denied" : "bad-request";
  return new RequestError(code, `Cannot use this name for an account: ${detail}`, { reason });
}
