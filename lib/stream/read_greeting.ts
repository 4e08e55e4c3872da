import { onAbort } from "../async/on_abort.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ConnectLimits } from "./connector.ts";
import type { Endpoint } from "./endpoint.ts";
import { closeSocket, writeAll } from "./socket.ts";
import { connectTcp } from "./tcp.ts";

/** How long a service may take to say something, by default. */
const GREETING_MS = 500;

/**
 * What a service says first, over a connection of its own; empty for a service that says nothing.
 *
 * @param question what is sent before; empty for nothing
 * @param greetingMs how long the service may take to say something, once it is connected to
 * @throws {ConnectionError}; the reason of the signal
 */
export async function readGreeting(
  endpoint: Endpoint,
  limits: ConnectLimits,
  question: Uint8Array,
  greetingMs = GREETING_MS,
): Promise<Uint8Array> {
  const conn = await connectTcp(endpoint, limits);
  using _ = onAbort(limits.signal, () => closeSocket(conn));
  const timer = setTimeout(() => closeSocket(conn), greetingMs);
  const buffer = new Uint8Array(LIMITS.greetingBytes);
  try {
    await writeAll(conn, question);
    return buffer.subarray(0, await conn.read(buffer) ?? 0);
  } catch {
    limits.signal?.throwIfAborted();
    return buffer.subarray(0, 0);
  } finally {
    clearTimeout(timer);
    closeSocket(conn);
  }
}
