import { connectTls, type TlsPin } from "../lib/stream/tls/connect.ts";
import { connectionsWithin, scaledNote } from "./descriptors.ts";
import { atMost, type Figure, formatNumber } from "./figures.ts";
import { fillRooms } from "./old_messages.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { IdleClientsOptions } from "./peers/visitors.ts";
import type { BenchFixture } from "./fixture.ts";

const ROOMS = 100;
/** Of each room, which those who come back ask for. */
const OLD_MESSAGES = 50;
/** After this time a process has let go of what it will let go of. */
const SETTLE_MS = 3_000;
const CONNECT_MS = 10_000;

/** Clients of protocol 2 that are in rooms and say nothing. */
export async function measureIdleRooms(place: BenchFixture): Promise<Figure[]> {
  const wanted = place.scale.idleClients;
  const count = await connectionsWithin(wanted);
  const name = `${formatNumber(count)} idle clients in ${ROOMS} rooms, protocol 2`;
  const dataDirectory = place.addFolder("idle-rooms");
  const { server, port } = await startServer({ root: place.served, dataDirectory });
  await using _ = server;
  const { eachKb, note } = await idle(server, { port, count, rooms: ROOMS });
  return [{
    name,
    value: eachKb,
    unit: "KiB each",
    goal: atMost(25),
    note: note + scaledNote(count, wanted),
  }];
}

/** Clients that speak TLS and say nothing. */
export async function measureIdleTls(place: BenchFixture): Promise<Figure[]> {
  const count = await connectionsWithin(place.scale.idleTlsClients);
  const dataDirectory = place.addFolder("idle-tls");
  const { server, port } = await startServer({ root: place.served, dataDirectory, tls: true });
  await using _ = server;
  const pin = await pinOf(port);
  const { eachKb, note } = await idle(server, { port, pin, count, rooms: ROOMS });
  const plainServer = await startServer({ root: place.served });
  await using plain = plainServer.server;
  const without = await idle(plain, { port: plainServer.port, count, rooms: ROOMS });
  return [{
    name: `${formatNumber(count)} idle clients, TLS`,
    value: eachKb,
    unit: "KiB each",
    goal: atMost(60),
    note: `${note}; without TLS ${formatNumber(without.eachKb)}`,
  }];
}

/** Clients whose connections are all lost at once, and which all come back at once. */
export async function measureReturning(place: BenchFixture): Promise<Figure[]> {
  const count = await connectionsWithin(place.scale.returningClients);
  const dataDirectory = place.addFolder("returning");
  const rooms = Array.from({ length: ROOMS }, (_, i) => [`room${i}`, OLD_MESSAGES] as const);
  fillRooms(dataDirectory, Object.fromEntries(rooms));
  const { server, port } = await startServer({ root: place.served, dataDirectory });
  await using _ = server;
  const options: IdleClientsOptions = { port, count, rooms: ROOMS, history: true, lobby: true };
  await using clients = new PeerProcess("idleClients", options);
  await clients.report();
  const first = await clients.ask<{ seconds: number }>("come");
  await clients.ask("go");
  const again = await clients.ask<{ seconds: number }>("come");
  return [{
    name: `${
      formatNumber(count)
    } clients come back, in the lobby and a room, with its last ${OLD_MESSAGES} messages`,
    value: again.seconds,
    unit: "s",
    goal: atMost(10),
    note: `the first time ${formatNumber(first.seconds)}`,
  }];
}

/** The key of a server, which is trusted as it is. */
export async function pinOf(port: number): Promise<TlsPin> {
  const trust = { pin: null, accept: () => true };
  const endpoint = { hostname: "127.0.0.1", port };
  const { socket, pin } = await connectTls(endpoint, trust, { timeoutMs: CONNECT_MS });
  socket.close();
  if (pin === null) throw new Error("The system trusts a certificate of the bench");
  return pin;
}

async function idle(
  server: PeerProcess,
  options: IdleClientsOptions,
): Promise<{ eachKb: number; note: string }> {
  await using clients = new PeerProcess("idleClients", options);
  await clients.report();
  const beforeKb = server.residentKb();
  const { seconds } = await clients.ask<{ seconds: number }>("come");
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const afterKb = server.residentKb();
  return {
    eachKb: (afterKb - beforeKb) / options.count,
    note: `from ${formatNumber(beforeKb)} to ${formatNumber(afterKb)} KiB, ` +
      `came in ${formatNumber(seconds)} s`,
  };
}
