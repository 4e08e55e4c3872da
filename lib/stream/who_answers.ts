import { encodeClientHello } from "../protocol/hello.ts";
import { HEADER_BYTES, looksLikeTls, readHeader, typeName } from "../protocol/frames.ts";
import type { Endpoint } from "./endpoint.ts";
import { type ForeignService, serviceOf } from "./foreign_service.ts";
import { readGreeting } from "./read_greeting.ts";

/** What answers on a port: one of our servers, another service, or nothing that says anything. */
export type Answerer = "tcp-chat" | ForeignService | "silence";

/** How a server of this protocol answers HELO, welcome or not. */
const OWN_FRAMES: ReadonlySet<string> = new Set(["HELO", "FAIL", "FERR"]);

/** A HELO that takes part in nothing. */
const QUESTION = encodeClientHello({
  agent: "tcp-chat-doctor",
  attach: null,
  present: false,
  names: false,
  resume: null,
  login: false,
});

/** Asks a port what it is. Never rejects. */
export async function whoAnswers(endpoint: Endpoint, timeoutMs: number): Promise<Answerer> {
  try {
    return nameAnswer(await readGreeting(endpoint, { timeoutMs }, QUESTION, timeoutMs));
  } catch {
    return "silence";
  }
}

/** What begins with these bytes. */
export function nameAnswer(bytes: Uint8Array): Answerer {
  if (bytes.length >= HEADER_BYTES && OWN_FRAMES.has(typeName(readHeader(bytes, 0).code))) {
    return "tcp-chat";
  }
  if (looksLikeTls(bytes, 0)) return "unknown";
  return serviceOf(bytes) ?? "silence";
}
