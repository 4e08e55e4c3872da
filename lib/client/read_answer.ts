import { ProtocolError, RequestError } from "../protocol/errors.ts";

/**
 * Decodes a frame of a server.
 *
 * @param decode throws the `RequestError` that a server would answer to a malformed request
 * @throws {ProtocolError} `bad-frame` in its place: to a client, a `RequestError` means a refusal
 */
export function readAnswer<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof RequestError)) throw cause;
    throw new ProtocolError("bad-frame", cause.message, { cause });
  }
}
