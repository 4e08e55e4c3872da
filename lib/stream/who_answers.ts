import { deadline } from "../async/deadline.ts";
import { encodeClientHello } from "../protocol/hello.ts";
import { HEADER_BYTES, looksLikeTls, readHeader, typeName } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Endpoint } from "./endpoint.ts";
import { type ForeignService, serviceOf } from "./foreign_service.ts";
import { closeSocket, writeAll } from "./socket.ts";
import { connectTcp } from "./tcp.ts";

/** What answers on a port: one of our servers, another service, or nothing that says anything. */
export type Answerer = "tcp-chat" | ForeignService | "silence";

/** How a server of this protocol answers HELO, welcome or not. */
const OWN_FRAMES: ReadonlySet<string> = new Set(["HELO", "FAIL", "FERR"]);

/** Asks a port what it is, by a HELO that takes part in nothing. Never rejects. */
export async function whoAnswers(endpoint: Endpoint, timeoutMs: number): Promise<Answerer> {
  try {
    const conn = await connectTcp(endpoint, { timeoutMs });
    try {
      return nameAnswer(await ask(conn, timeoutMs));
    } finally {
      closeSocket(conn);
    }
  } catch {
    return "silence";
  }
}

/** What begins with these bytes. */
export function nameAnswer(bytes: Uint8Array): Answerer {
  if (bytes.length >= HEADER_BYTES && OWN_FRAMES.has(typeName(readHeader(bytes, 0).code))) {
    return "tcp-chat";
  }
  if (bytes.length > 2 && looksLikeTls(bytes, 0)) return "unknown";
  return serviceOf(bytes) ?? "silence";
}

async function ask(conn: Deno.TcpConn, timeoutMs: number): Promise<Uint8Array> {
  const hello = { agent: "tcp-chat-doctor", attach: null, present: false, names: false };
  await writeAll(conn, encodeClientHello({ ...hello, resume: null, login: false }));
  const buffer = new Uint8Array(LIMITS.greetingBytes);
  const count = await deadline(conn.read(buffer), timeoutMs, null);
  return buffer.subarray(0, count ?? 0);
}
