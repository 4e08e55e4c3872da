import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { fillRooms } from "./old_messages.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { JoinerOptions, JoinOrder } from "./peers/joiner.ts";
import type { BenchFixture } from "./fixture.ts";

const SHOWN = 50;
const TIMES = 30;
const LONG = "long";
const SHORT = "short";

/** How long it takes to join a room with a long history and to have the last messages. */
export async function measureJoining(place: BenchFixture): Promise<Figure[]> {
  const { oldMessages } = place.scale;
  const dataDirectory = place.addFolder("joining");
  fillRooms(dataDirectory, { [LONG]: oldMessages, [SHORT]: SHOWN });
  const { server, port } = await startServer({
    root: place.served,
    dataDirectory,
    historyMessages: oldMessages,
  });
  await using _ = server;
  await using joiner = new PeerProcess("joiner", { port } satisfies JoinerOptions);
  await joiner.report();
  const measure = async (room: string, times: number) => {
    const order: JoinOrder = { room, times, limit: SHOWN };
    return (await joiner.ask<{ eachMs: number[] }>(order)).eachMs;
  };
  const [firstMs] = await measure(LONG, 1);
  const short = await measure(SHORT, TIMES);
  const long = await measure(LONG, TIMES);
  return [{
    name: `joining a room of ${
      formatNumber(oldMessages)
    } messages, until the last ${SHOWN} are there`,
    value: median(long),
    unit: "ms",
    goal: atMost(20),
    note: `${formatSpread(long)}, the first time ${formatNumber(firstMs!)}; ` +
      `in a room of ${SHOWN} messages ${formatNumber(median(short))}`,
  }];
}
