import { RequestError } from "../protocol/errors.ts";

/** The failure of a file whose place the command has filled before. */
export function alreadyMade(): RequestError {
  return new RequestError("exists", undefined, { reason: "same-command" });
}
