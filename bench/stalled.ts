import { atMost, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { RoomOptions, TalkOrder, TalkReport } from "./peers/room_clients.ts";

const CLIENTS = 51;
const PER_SECOND = 200;
const SECONDS = 5;
/** Until the socket buffers are full, and ten seconds more. */
const STALLED_SECONDS = 40;
const TEXT_BYTES = 4_000;

/**
 * Measures the effect of a client that stops reading on others in its room, and the time until it
 * is dropped.
 */
export async function measureStalled(fixture: BenchFixture): Promise<Figure[]> {
  const { server, port } = await startServer({
    root: fixture.served,
    dataDirectory: fixture.addFolder("stalled"),
  });
  await using _ = server;
  const options: RoomOptions = { port, count: CLIENTS };
  await using clients = new PeerProcess("room_clients", options);
  await clients.report();
  const talk = (seconds: number, stall: boolean) => {
    const messages = seconds * PER_SECOND;
    const order: TalkOrder = { messages, perSecond: PER_SECOND, textBytes: TEXT_BYTES, stall };
    return clients.ask<TalkReport>(order);
  };
  await talk(1, false); // Warm-up
  const without = await talk(SECONDS, false);
  const beside = await talk(STALLED_SECONDS, true);
  const name = `${CLIENTS - 1} clients beside one that stops reading`;
  const lost = beside.lost + beside.disordered;
  return [
    {
      name: `${name}, 99 % within`,
      value: beside.agesMs.p99,
      unit: "ms",
      goal: atMost(100),
      note: `without it ${formatNumber(without.agesMs.p99)} ms; ` +
        `${PER_SECOND} messages/s of ${TEXT_BYTES} bytes; ${formatNumber(lost)} lost`,
    },
    {
      name: `${name}, until it is dropped`,
      value: beside.droppedMs === null ? NaN : beside.droppedMs / 1000,
      unit: "s",
      goal: atMost(STALLED_SECONDS),
      ...(beside.droppedMs === null && { note: `not within ${STALLED_SECONDS} s` }),
    },
  ];
}
