import { atLeast, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { ChatOrder, ReceiversOptions } from "./peers/chat_receivers.ts";

const BURST = 200;

/** Measures chat messages from one client to many, which are all in one child process. */
export async function measureFanOut(fixture: BenchFixture): Promise<Figure[]> {
  const { chatClients: count, chatMessages, chatBursts } = fixture.scale;
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  const options: ReceiversOptions = { port, count };
  await using receivers = new PeerProcess("chat_receivers", options);
  await receivers.report();
  await server.ask({ clients: count + 1 });
  await receivers.ask("all connected");
  const rate = async (order: ChatOrder) => {
    const { seconds } = await receivers.ask<{ seconds: number }>(order);
    return count * order.messages * order.bursts / seconds;
  };
  await rate({ messages: BURST, bursts: 1 }); // Warm-up
  const name = `chat to ${formatNumber(count)} clients, protocol 1`;
  return [
    {
      name: `${name}, one by one`,
      value: await rate({ messages: 1, bursts: chatMessages }),
      unit: "deliveries/s",
      goal: atLeast(60_000),
      note: "the next message is sent when all have got the one before",
    },
    {
      name: `${name}, bursts of ${BURST}`,
      value: await rate({ messages: BURST, bursts: chatBursts }),
      unit: "deliveries/s",
      goal: atLeast(500_000),
    },
  ];
}
