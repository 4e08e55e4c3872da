import { connectedPair } from "./raw_peer.ts";

/** The first bytes that a TLS client sends: its whole ClientHello. */
export async function clientHello(): Promise<Uint8Array> {
  const [server, client] = await connectedPair();
  const conn = await Deno.startTls(client, { hostname: "localhost" });
  const handshake = conn.handshake().catch(() => {}); // No server answers
  const buffer = new Uint8Array(64 * 1024);
  const count = await server.read(buffer) ?? 0;
  server.close();
  await handshake;
  conn.close();
  return buffer.subarray(0, count);
}
