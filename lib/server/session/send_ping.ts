import { encodeJsonFrame } from "../../protocol/frames.ts";
import type { FramedConnection } from "../../stream/framed_connection.ts";

/** Asks a client for a sign of life, which is one of the server, too. */
export function sendPing({ writer }: FramedConnection): void {
  writer.send(encodeJsonFrame("PING", { id: 1 }));
}
