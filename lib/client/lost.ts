import { ConnectionError, ProtocolError } from "../protocol/errors.ts";

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
