import type { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import type { Connection } from "./connection.ts";

/**
 * Sends QUIT over a connection that is told of no events. Once all is answered, nothing can come any more: the
 * answer is not waited for, which takes a round trip.
 *
 * @returns the reason as `quit` does; `null` in the usual case
 */
export async function leave(
  connection: Connection,
): Promise<ConnectionError | ProtocolError | null> {
  const ended = connection.quit();
  if (connection.protocol === 2 && !connection.handler.awaitsAnswer) {
    await connection.context.connection.writer.flushed();
    connection.close();
  }
  return await ended;
}
