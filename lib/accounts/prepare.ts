import saslprep from "@mongodb-js/saslprep";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";

/**
 * A password as SCRAM works with it: SASLprep (RFC 4013) as a stored string, so that characters
 * which Unicode 3.2 does not know, emoji among them, are refused (RFC 5802, section 2.2).
 *
 * @throws {RequestError} `bad-request`: `password-empty`, `password-long`, `password-character`
 */
export function preparePassword(password: string): string {
  if (utf8Length(password) > LIMITS.passwordBytes) {
    throw refusal("password-long", `it is longer than ${LIMITS.passwordBytes} bytes`);
  }
  if (leavesNothing(password)) throw refusal("password-empty", "it is empty");
  const text = prepare(password, { allowUnassigned: false });
  if (text === null) throw refusal("password-character", "it has a character that is not allowed");
  return text;
}

/**
 * The name of a user as SCRAM sends it: SASLprep as a query string, in which unassigned characters
 * are allowed (RFC 5802, section 5.1). `null` where that fails or leaves nothing.
 */
export function prepareUser(name: string): string | null {
  return prepare(name, { allowUnassigned: true });
}

/** Some characters are mapped to nothing, such as the soft hyphen (RFC 3454, table B.1). */
function leavesNothing(text: string): boolean {
  return prepare(`a${text}`, { allowUnassigned: false }) === "a";
}

function prepare(text: string, options: { allowUnassigned: boolean }): string | null {
  try {
    return saslprep(text, options) || null;
  } catch {
    return null; // A character that is prohibited, text in both directions, or nothing left
  }
}

function refusal(reason: RequestErrorReason, detail: string): RequestError {
  return new RequestError("bad-request", `Cannot use this password: ${detail}`, { reason });
}
