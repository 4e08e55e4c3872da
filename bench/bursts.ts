import { join } from "@std/path";
import { History } from "../lib/chat/history.ts";
import { openDatabase } from "../lib/files/database.ts";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { BurstOptions, BurstOrder, BurstReport } from "./peers/burst_clients.ts";
import type { Workplace } from "./workplace.ts";

const SENDERS = 10;
const MESSAGES = 200;
const ROUNDS = 5;

/** Messages of several clients at full speed, to all in one room. */
export async function measureBursts(place: Workplace): Promise<Figure[]> {
  const { burstClients: count } = place.scale;
  const { server, port } = await startServer({
    root: place.served,
    dataDirectory: place.addFolder("bursts"),
  });
  await using _ = server;
  const options: BurstOptions = { port, count, together: true };
  await using clients = new PeerProcess("burst_clients", options);
  await clients.report();
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const order: BurstOrder = { senders: SENDERS, messages: MESSAGES };
    const { deliveredSeconds } = await clients.ask<BurstReport>(order);
    rates.push(SENDERS * MESSAGES * count / deliveredSeconds);
  }
  const warm = rates.slice(1);
  return [{
    name: `${count} clients in a room, ${SENDERS} send ${MESSAGES} messages each at once`,
    value: median(warm),
    unit: "deliveries/s",
    goal: atLeast(1_000_000),
    note: `${formatSpread(warm)}; protocol 2, the first time ${formatNumber(rates[0]!)}`,
  }];
}

/** Messages that are in the history, on a disk, when their authors hear of it. */
export async function measureStored(place: Workplace): Promise<Figure[]> {
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
