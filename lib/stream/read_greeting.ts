import { onAbort } from "../async/on_abort.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ConnectLimits } from "./connector.ts";
import type { Endpoint } from "./endpoint.ts";
import { closeSocket } from "./socket.ts";
import { connectTcp } from "./tcp.ts";

/** How long a service may take to say something. */
const GREETING_MS = 500;

/**
 * What a service says first, over a connection of its own; empty for a service that says nothing.
 *
 * @param question what is sent before; empty for nothing
 * @throws {ConnectionError}; the reason of the signal
 */
export async function readGreeting(
  endpoint: Endpoint,
  limits: ConnectLimits,
  question: Uint8Array,
): Promise<Uint8Array> {
  const conn = await connectTcp(endpoint, limits);
  using _ = onAbort(limits.signal, () => closeSocket(conn));
  const timer = setTimeout(() => closeSocket(conn), GREETING_MS);
  const buffer = new Uint8Array(LIMITS.greetingBytes);
  try {
    if (question.length > 0) await conn.write(question);
    return buffer.subarray(0, await conn.read(buffer) ?? 0);
  } catch {
    limits.signal?.throwIfAborted();
    return buffer.subarray(0, 0);
  } finally {
    clearTimeout(timer);
    closeSocket(conn);
  }
}
