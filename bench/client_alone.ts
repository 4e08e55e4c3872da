import { Downloader, secondsOf } from "./downloaders.ts";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { PeerProcess } from "./peer_process.ts";
import type { FrameSenderOptions } from "./peers/frame_sender.ts";

/** Bytes per second that fill a line of 10 Gbit/s. */
const GOAL_GB = 1.1;
const GB = 1_000_000_000;

/** Measures how fast a client receives, verifies and stores a file from a sender that costs nothing. */
export async function measureClientAlone(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  const options: FrameSenderOptions = { frames: largeBytes / MIB };
  await using sender = new PeerProcess("frame_sender", options);
  const { port } = await sender.report<{ port: number }>();
  const rates: number[] = [];
  for (let round = -1; round < rounds; round++) { // A warm-up round first
    await using client = await Downloader.start(fixture, port, { protocol: 2 });
    const seconds = secondsOf(await client.download({ paths: ["large.bin"] }));
    if (round >= 0) rates.push(largeBytes / GB / seconds);
  }
  return [{
    name: `download of ${formatNumber(largeBytes / MIB)} MiB, the client alone`,
    value: median(rates),
    unit: "GB/s",
    goal: atLeast(GOAL_GB),
    note: `${formatSpread(rates)} GB/s, from a sender that costs nothing`,
  }];
}
