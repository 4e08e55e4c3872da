import { ProtocolError, RequestError } from "../protocol/errors.ts";

/**
 * What a frame of a server says, as `decode` reads it.
 *
 * @throws {ProtocolError} `bad-frame` when it says it wrongly: that is no refusal of a request
 */
export function readAnswer<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof RequestError)) throw cause;
    throw new ProtocolError("bad-frame", cause.message, { cause });
  }
}
