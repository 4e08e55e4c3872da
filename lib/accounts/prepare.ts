import saslprep from "@mongodb-js/saslprep";
import { RequestError, type RequestErrorReason } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";

/**
 * Prepares a password for SCRAM: SASLprep (RFC 4013) as a stored string, which refuses characters
 * unassigned in Unicode 3.2, such as emoji (RFC 5802, section 2.2).
 *
 * @throws {RequestError} `bad-request`: `password-empty`, `password-long`, `password-character`
 */
export function preparePassword(password: string): string {
  if (utf8Length(password) > LIMITS.passwordBytes) {
    throw passwordError("password-long", `it is longer than ${LIMITS.passwordBytes} bytes`);
  }
  if (preparesToNothing(password)) throw passwordError("password-empty", "it is empty");
  const text = prepare(password, { allowUnassigned: false });
  if (text === null) {
    throw passwordError("password-character", "it has a character that is not allowed");
  }
  return text;
}

/**
 * Prepares a user name for SCRAM: SASLprep as a query string, which allows unassigned characters
 * (RFC 5802, section 5.1). `null` if that fails or leaves nothing.
 */
export function prepareUser(name: string): string | null {
  return prepare(name, { allowUnassigned: true });
}

/** Some characters map to nothing, such as the soft hyphen (RFC 3454, table B.1). */
function preparesToNothing(text: string): boolean {
  return prepare(`a${text}`, { allowUnassigned: false }) === "a";
}

function prepare(text: string, options: { allowUnassigned: boolean }): string | null {
  try {
    return saslprep(text, options) || null;
  } catch {
    return null; // A prohibited character, mixed writing directions, or nothing left
  }
}

function passwordError(reason: RequestErrorReason, detail: string): RequestError {
  return new RequestError("bad-request", `Cannot use this password: ${detail}`, { reason });
}
