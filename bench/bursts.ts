import { join } from "@std/path";
import { History } from "../lib/chat/history.ts";
import { openDatabase } from "../lib/files/database.ts";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { BurstOptions, BurstOrder, BurstReport } from "./peers/burst_clients.ts";
import type { IrcOptions } from "./peers/irc_clients.ts";
import { findProgram } from "./programs.ts";
import { startNgircd } from "./rivals/ngircd.ts";
import type { BenchFixture } from "./fixture.ts";

const SENDERS = 10;
const MESSAGES = 200;
const ROUNDS = 5;

/**
 * Messages of several clients at full speed, to all in one room; and the same by an IRC server,
 * where there is one.
 */
export async function measureBursts(place: BenchFixture): Promise<Figure[]> {
  const { burstClients: count } = place.scale;
  const figures = [await measureOwn(place, count)];
  const ngircd = findProgram("ngircd");
  if (ngircd !== null) figures.push(await measureNgircd(place, count, ngircd));
  return figures;
}

async function measureOwn(place: BenchFixture, count: number): Promise<Figure> {
  const { server, port } = await startServer({
    root: place.served,
    dataDirectory: place.addFolder("bursts"),
  });
  await using _ = server;
  const options: BurstOptions = { port, count, together: true };
  await using clients = new PeerProcess("burst_clients", options);
  const { first, warm } = await measureRates(clients, count);
  return {
    name: nameOf(count),
    value: median(warm),
    unit: "deliveries/s",
    goal: atLeast(1_000_000),
    note: `${formatSpread(warm)}; protocol 2, the first time ${formatNumber(first)}`,
  };
}

async function measureNgircd(place: BenchFixture, count: number, program: string): Promise<Figure> {
  const { service, port } = await startNgircd(place, program);
  await using _ = service;
  await using clients = new PeerProcess("irc_clients", { port, count } satisfies IrcOptions);
  const { first, warm } = await measureRates(clients, count - 1);
  return {
    name: "the same by ngircd, which keeps and confirms nothing",
    value: median(warm),
    unit: "deliveries/s",
    note: `${formatSpread(warm)}; IRC, the first time ${formatNumber(first)}`,
  };
}

/** Deliveries a second. @param listeners how many each message is delivered to */
async function measureRates(
  clients: PeerProcess,
  listeners: number,
): Promise<{ first: number; warm: number[] }> {
  await clients.report();
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const order: BurstOrder = { senders: SENDERS, messages: MESSAGES };
    const { deliveredSeconds } = await clients.ask<BurstReport>(order);
    rates.push(SENDERS * MESSAGES * listeners / deliveredSeconds);
  }
  return { first: rates[0]!, warm: rates.slice(1) };
}

function nameOf(count: number): string {
  return `${count} clients in a room, ${SENDERS} send ${MESSAGES} messages each at once`;
}

/** Messages that are in the history, on a disk, when their authors hear of it. */
export async function measureStored(place: BenchFixture): Promise<Figure[]> {
  const messages = place.scale.storedMessages;
  const dataDirectory = Deno.makeTempDirSync({ prefix: "tcp-chat-bench-" });
  try {
    const { server, port } = await startServer({ root: place.served, dataDirectory });
    await using _ = server;
    const options: BurstOptions = { port, count: SENDERS, together: false };
    await using clients = new PeerProcess("burst_clients", options);
    await clients.report();
    const order: BurstOrder = { senders: SENDERS, messages };
    const { confirmedSeconds } = await clients.ask<BurstReport>(order);
    await server.kill();
    const sent = SENDERS * messages;
    return [{
      name: `messages of ${SENDERS} clients, stored`,
      value: sent / confirmedSeconds,
      unit: "messages/s",
      goal: atLeast(1_000),
      note: `${formatNumber(countKept(dataDirectory))} of ${formatNumber(sent)} were there ` +
        "after the server was killed",
    }];
  } finally {
    Deno.removeSync(dataDirectory, { recursive: true });
  }
}

function countKept(dataDirectory: string): number {
  const database = openDatabase(join(dataDirectory, "tcp-chat.db"));
  try {
    const history = new History(database);
    const rooms = Array.from({ length: SENDERS }, (_, i) => history.lastSeq(`room${i}`));
    return rooms.reduce((sum, seq) => sum + seq, 0);
  } finally {
    database.close();
  }
}
