import { ConnectionError, ProtocolError, type RequestError } from "../protocol/errors.ts";

/** The error of a connection that the server closed without a reason. */
export function lost(): ConnectionError {
  return new ConnectionError("lost", "The server closed the connection");
}

/** The error for what has ended a connection. A server that dies leaves a truncated frame. */
export function endOf(reason: unknown): ConnectionError | ProtocolError {
  if (reason instanceof ConnectionError) return reason;
  if (reason instanceof ProtocolError && reason.code !== "truncated") return reason;
  return new ConnectionError("lost", "The connection was lost", { cause: reason });
}

/** Why a server closes, as the FAIL without an id tells. */
export function rejectionOfFail({ message, code, reason }: RequestError): ConnectionError {
  return new ConnectionError("rejected", message, {
    requestCode: code,
    isQuote: true,
    ...(reason !== null && { requestReason: reason }),
  });
}
