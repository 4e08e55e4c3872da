import { join } from "@std/path";
import { atMost, type Figure, formatNumber, percentile } from "./figures.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { ListenerOptions } from "./peers/busy_listener.ts";
import type { ChatterOptions } from "./peers/chatter.ts";
import type { Workplace } from "./workplace.ts";

const NAME = "latency.bin";
const PAUSE_MS = 10;

/**
 * How long a chat message takes from one client to another that downloads without a pause, on the
 * same connection as the file data.
 */
export async function measureLatency(place: Workplace): Promise<Figure[]> {
  const { largeBytes, timedMessages: messages } = place.scale;
  place.addFile(NAME, largeBytes);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  const directory = join(place.received, "listener");
  await using listener = new PeerProcess(
    "busy_listener",
    { port, directory, path: NAME, messages } satisfies ListenerOptions,
  );
  await using chatter = new PeerProcess(
    "chatter",
    { port, messages, pauseMs: PAUSE_MS } satisfies ChatterOptions,
  );
  await chatter.report();
  await listener.report(); // The data flows
  await chatter.tell("go");
  const { agesMs, downloads } = await listener.report<{ agesMs: number[]; downloads: number }>();
  place.removeFile(NAME);
  const at = (share: number) => formatNumber(percentile(agesMs, share));
  return [{
    name: "chat beside a download, 99 % within",
    value: percentile(agesMs, 0.99),
    unit: "ms",
    goal: atMost(50),
    note: `half within ${at(0.5)} ms, all within ${at(1)} ms; ` +
      `${agesMs.length} messages, ${downloads} downloads`,
  }];
}
