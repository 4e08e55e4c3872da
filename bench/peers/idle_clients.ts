/**
 * Protocol 2 clients that join rooms and stay idle, or disconnect all at once.
 *
 * @module
 */
import type { TlsPin } from "../../lib/stream/tls/connect.ts";
import { options, orders, report } from "./messages.ts";
import { inParallel, RawClient, request } from "./raw_client.ts";

/** Options of the process. */
export interface IdleClientsOptions {
  readonly port: number;
  readonly pin?: TlsPin;
  readonly count: number;
  /** The number of rooms they spread over. 0: all stay in the lobby. */
  readonly rooms: number;
  /** Whether they request the last messages of their rooms. Default `false`. */
  readonly history?: boolean;
  /** Whether they stay in the lobby, too. Default `false`. */
  readonly lobby?: boolean;
}

const CONNECTING = 64;
const BUFFER_BYTES = 2_048;

const { port, pin, count, rooms, history = false, lobby = false } = options<IdleClientsOptions>();
let clients: RawClient[] = [];
report("ready");
for await (const order of orders<"connect" | "disconnect">()) {
  const startedMs = performance.now();
  if (order === "connect") await inParallel(count, CONNECTING, connect);
  else await disconnectAll();
  report({ seconds: (performance.now() - startedMs) / 1000 });
}
Deno.exit();

async function connect(index: number): Promise<void> {
  const room = `room${index % rooms}`;
  const requests: Uint8Array[] = [];
  if (rooms > 0) requests.push(request("JOIN", 1, { room }));
  if (rooms > 0 && history) requests.push(request("HIST", 2, { room, limit: 50 }));
  if (rooms > 0 && !lobby) requests.push(request("PART", 3, { room: "lobby" }));
  const target = pin === undefined ? { port } : { port, pin };
  const client = await RawClient.open(target, requests, BUFFER_BYTES);
  client.onFrame = () => {};
  clients.push(client);
}

async function disconnectAll(): Promise<void> {
  for (const client of clients) client.close();
  await Promise.all(clients.map(({ closed }) => closed));
  clients = [];
}
