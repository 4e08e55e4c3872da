import { atMost, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { RoomOptions, TalkOrder, TalkReport } from "./peers/room_clients.ts";

const PER_SECOND = 20;
const TEXT_BYTES = 40;

/** Measures the latency of messages to all clients in a large room. */
export async function measureRoom(fixture: BenchFixture): Promise<Figure[]> {
  const { roomClients: count, roomSeconds } = fixture.scale;
  const { server, port } = await startServer({
    root: fixture.served,
    dataDirectory: fixture.addFolder("room"),
  });
  await using _ = server;
  await using clients = new PeerProcess("room_clients", { port, count } satisfies RoomOptions);
  await clients.report();
  const order = { perSecond: PER_SECOND, textBytes: TEXT_BYTES, stall: false };
  const talk = (seconds: number) =>
    clients.ask<TalkReport>(
      { ...order, messages: seconds * PER_SECOND } satisfies TalkOrder,
    );
  await talk(2); // Warm-up
  const { sent, agesMs, lost, disordered } = await talk(roomSeconds);
  const name = `${formatNumber(count)} clients in a room, ${PER_SECOND} messages/s`;
  return [
    {
      name: `${name}, 99 % within`,
      value: agesMs.p99,
      unit: "ms",
      goal: atMost(50),
      note: `half within ${formatNumber(agesMs.half)} ms, all within ${
        formatNumber(agesMs.all)
      } ms`,
    },
    {
      name: `${name}, lost or out of order`,
      value: lost + disordered,
      unit: "deliveries",
      goal: atMost(0),
      note: `of ${formatNumber(sent * count)}`,
    },
  ];
}
