import { join } from "@std/path";
import { atMost, type Figure, formatNumber, percentile } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, startServer } from "./peer_process.ts";
import type { ListenerOptions } from "./peers/busy_listener.ts";
import type { ChatterOptions } from "./peers/chatter.ts";

const NAME = "latency.bin";
const PAUSE_MS = 10;

/**
 * Measures the latency of a chat message to a client that downloads without a pause: on the same
 * connection as the file data in protocol 1, on another in protocol 2.
 */
export async function measureLatency(fixture: BenchFixture): Promise<Figure[]> {
  fixture.addFile(NAME, fixture.scale.largeBytes);
  await fixture.waitUntilHashable();
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  const figures = [
    await measureProtocol(fixture, port, 1),
    await measureProtocol(fixture, port, 2),
  ];
  fixture.removeFile(NAME);
  return figures;
}

async function measureProtocol(
  fixture: BenchFixture,
  port: number,
  protocol: 1 | 2,
): Promise<Figure> {
  const { timedMessages: messages } = fixture.scale;
  const directory = join(fixture.received, `listener${protocol}`);
  await using listener = new PeerProcess(
    "busy_listener",
    { port, protocol, directory, path: NAME, messages } satisfies ListenerOptions,
  );
  await using chatter = new PeerProcess(
    "chatter",
    { port, messages, pauseMs: PAUSE_MS } satisfies ChatterOptions,
  );
  await chatter.report();
  await listener.report(); // Data flows
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
