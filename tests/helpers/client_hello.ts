import { connectedPair } from "./raw_peer.ts";

/** The first bytes that a client of TLS sends: its whole ClientHello. */
export async function clientHello(): Promise<Uint8Array> {
  const [server, client] = await connectedPair();
  const conn = await Deno.startTls(client, { hostname: "localhost" });
  const shaking = conn.handshake().catch(() => {}); // Nobody answers
  const buffer = new Uint8Array(64 * 1024);
  const count = await server.read(buffer) ?? 0;
  server.close();
  await shaking;
  conn.close();
  return buffer.subarray(0, count);
}
