import { join } from "@std/path";
import { History } from "../lib/chat/history.ts";
import { openDatabase } from "../lib/files/database.ts";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { BurstOptions, BurstOrder, BurstReport } from "./peers/burst_clients.ts";
import type { IrcOptions } from "./peers/irc_clients.ts";
import { findProgram } from "./programs.ts";
import { startNgircd } from "./rivals/ngircd.ts";

const SENDERS = 10;
const MESSAGES = 200;
const ROUNDS = 5;

/**
 * Measures messages of several clients at full speed to all in one room, and the same with an IRC
 * server, if one is installed.
 */
export async function measureBursts(fixture: BenchFixture): Promise<Figure[]> {
  const { burstClients: count } = fixture.scale;
  const figures = [await measureOwn(fixture, count)];
  const ngircd = findProgram("ngircd");
  if (ngircd !== null) figures.push(await measureNgircd(fixture, count, ngircd));
  return figures;
}

async function measureOwn(fixture: BenchFixture, count: number): Promise<Figure> {
  const { server, port } = await startServer({
    root: fixture.served,
    dataDirectory: fixture.addFolder("bursts"),
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

async function measureNgircd(
  fixture: BenchFixture,
  count: number,
  program: string,
): Promise<Figure> {
  const { service, port } = await startNgircd(fixture, program);
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

/**
 * The deliveries per second.
 *
 * @param listeners the number of clients that each message is delivered to
 */
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

/** Measures messages that are in the history on disk before they are confirmed. */
export async function measureStored(fixture: BenchFixture): Promise<Figure[]> {
  const messages = fixture.scale.storedMessages;
  const dataDirectory = Deno.makeTempDirSync({ prefix: "tcp-chat-bench-" });
  try {
    const { server, port } = await startServer({ root: fixture.served, dataDirectory });
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
      note: `${formatNumber(countStored(dataDirectory))} of ${formatNumber(sent)} were there ` +
        "after the server was killed",
    }];
  } finally {
    Deno.removeSync(dataDirectory, { recursive: true });
  }
}

function countStored(dataDirectory: string): number {
  const database = openDatabase(join(dataDirectory, "tcp-chat.db"));
  try {
    const history = new History(database);
    const rooms = Array.from({ length: SENDERS }, (_, i) => history.lastSeq(`room${i}`));
    return rooms.reduce((sum, seq) => sum + seq, 0);
  } finally {
    database.close();
  }
}
