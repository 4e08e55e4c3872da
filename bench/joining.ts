import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { fillRooms } from "./old_messages.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { JoinerOptions, JoinOrder } from "./peers/joiner.ts";

const SHOWN = 50;
const TIMES = 30;
const LONG = "long";
const SHORT = "short";

/** Measures the time to join a room with a long history and to receive its last messages. */
export async function measureJoining(fixture: BenchFixture): Promise<Figure[]> {
  const { oldMessages } = fixture.scale;
  const dataDirectory = fixture.addFolder("joining");
  fillRooms(dataDirectory, { [LONG]: oldMessages, [SHORT]: SHOWN });
  const { server, port } = await startServer({
    root: fixture.served,
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
