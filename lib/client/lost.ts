import { ConnectionError } from "../protocol/errors.ts";

/** The error of a connection that the server closed without a reason. */
export function lost(): ConnectionError {
  return new ConnectionError("lost", "The server closed the connection");
}
