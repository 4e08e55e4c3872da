import { connectTls, type TlsPin } from "../lib/stream/tls/connect.ts";
import { connectionsWithin, scaledNote } from "./descriptors.ts";
import { atMost, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { fillRooms } from "./old_messages.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { IdleClientsOptions } from "./peers/idle_clients.ts";

const ROOMS = 100;
/** The history of each room, which returning clients request. */
const OLD_MESSAGES = 50;
/** The time after which a process has released unused memory. */
const MEMORY_RELEASE_MS = 3_000;
const CONNECT_MS = 10_000;

/** Measures idle protocol 2 clients in rooms. */
export async function measureIdleRooms(fixture: BenchFixture): Promise<Figure[]> {
  const wanted = fixture.scale.idleClients;
  const count = await connectionsWithin(wanted);
  const name = `${formatNumber(count)} idle clients in ${ROOMS} rooms, protocol 2`;
  const dataDirectory = fixture.addFolder("idle-rooms");
  const { server, port } = await startServer({ root: fixture.served, dataDirectory });
  await using _ = server;
  const { eachKb, note } = await measureMemory(server, { port, count, rooms: ROOMS });
  return [{
    name,
    value: eachKb,
    unit: "KiB each",
    goal: atMost(25),
    note: note + scaledNote(count, wanted),
  }];
}

/** Measures idle clients over TLS. */
export async function measureIdleTls(fixture: BenchFixture): Promise<Figure[]> {
  const count = await connectionsWithin(fixture.scale.idleTlsClients);
  const dataDirectory = fixture.addFolder("idle-tls");
  const { server, port } = await startServer({ root: fixture.served, dataDirectory, tls: true });
  await using _ = server;
  const pin = await pinOf(port);
  const { eachKb, note } = await measureMemory(server, { port, pin, count, rooms: ROOMS });
  const plainServer = await startServer({ root: fixture.served });
  await using plain = plainServer.server;
  const without = await measureMemory(plain, { port: plainServer.port, count, rooms: ROOMS });
  return [{
    name: `${formatNumber(count)} idle clients, TLS`,
    value: eachKb,
    unit: "KiB each",
    goal: atMost(60),
    note: `${note}; without TLS ${formatNumber(without.eachKb)}`,
  }];
}

/** Measures clients that all lose their connections at once, and all reconnect at once. */
export async function measureReturning(fixture: BenchFixture): Promise<Figure[]> {
  const count = await connectionsWithin(fixture.scale.returningClients);
  const dataDirectory = fixture.addFolder("returning");
  const rooms = Array.from({ length: ROOMS }, (_, i) => [`room${i}`, OLD_MESSAGES] as const);
  fillRooms(dataDirectory, Object.fromEntries(rooms));
  const { server, port } = await startServer({ root: fixture.served, dataDirectory });
  await using _ = server;
  const options: IdleClientsOptions = { port, count, rooms: ROOMS, history: true, lobby: true };
  await using clients = new PeerProcess("idle_clients", options);
  await clients.report();
  const first = await clients.ask<{ seconds: number }>("connect");
  await clients.ask("disconnect");
  const again = await clients.ask<{ seconds: number }>("connect");
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

/** The pin of a server, which is trusted unseen. */
export async function pinOf(port: number): Promise<TlsPin> {
  const trust = { pin: null, accept: () => true };
  const endpoint = { hostname: "127.0.0.1", port };
  const { socket, pin } = await connectTls(endpoint, trust, { timeoutMs: CONNECT_MS });
  socket.close();
  if (pin === null) throw new Error("The system trusts a certificate of the bench");
  return pin;
}

async function measureMemory(
  server: PeerProcess,
  options: IdleClientsOptions,
): Promise<{ eachKb: number; note: string }> {
  await using clients = new PeerProcess("idle_clients", options);
  await clients.report();
  const beforeKb = server.residentKb();
  const { seconds } = await clients.ask<{ seconds: number }>("connect");
  await new Promise((resolve) => setTimeout(resolve, MEMORY_RELEASE_MS));
  const afterKb = server.residentKb();
  return {
    eachKb: (afterKb - beforeKb) / options.count,
    note: `from ${formatNumber(beforeKb)} to ${formatNumber(afterKb)} KiB, ` +
      `came in ${formatNumber(seconds)} s`,
  };
}
