import { join } from "@std/path";
import { atMost, type Figure, formatNumber, percentile } from "./figures.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { ListenerOptions } from "./peers/busy_listener.ts";
import type { ChatterOptions } from "./peers/chatter.ts";
import type { BenchFixture } from "./fixture.ts";

const NAME = "latency.bin";
const PAUSE_MS = 10;

/**
 * How long a chat message takes from one client to another that downloads without a pause: on the
 * same connection as the file data in protocol 1, on another one in protocol 2.
 */
export async function measureLatency(place: BenchFixture): Promise<Figure[]> {
  place.addFile(NAME, place.scale.largeBytes);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  const figures = [
    await measureProtocol(place, port, 1),
    await measureProtocol(place, port, 2),
  ];
  place.removeFile(NAME);
  return figures;
}

async function measureProtocol(
  place: BenchFixture,
  port: number,
  protocol: 1 | 2,
): Promise<Figure> {
  const { timedMessages: messages } = place.scale;
  const directory = join(place.received, `listener${protocol}`);
  await using listener = new PeerProcess(
    "busy_listener",
    { port, protocol, directory, path: NAME, messages } satisfies ListenerOptions,
  );
  await using chatter = new PeerProcess(
    "chatter",
    { port, messages, pauseMs: PAUSE_MS } satisfies ChatterOptions,
  );
  await chatter.report();
  await listener.report(); // The data flows
  await chatter.tell("go");
  const { agesMs, downloads } = await listener.report<{ agesMs: number[]; downloads: number }>();
  const at = (share: number) => formatNumber(percentile(agesMs, share));
  return {
    name: `chat beside a download, protocol ${protocol}, 99 % within`,
    value: percentile(agesMs, 0.99),
    unit: "ms",
    goal: atMost(50),
    note: `half within ${at(0.5)} ms, all within ${at(1)} ms; ` +
      `${agesMs.length} messages, ${downloads} downloads`,
  };
}
