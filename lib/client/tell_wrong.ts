import type { Protocol2Client } from "./protocol2_client.ts";

/** Tells a server that all bytes of a file came with the answer to a request, and are wrong; it looks for itself. */
export function tellWrong(protocol: Protocol2Client, id: number): void {
  if (protocol.hello.features.includes("doubt")) protocol.cancel(id, { wrong: true });
}
