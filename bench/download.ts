import { measureAgainstFloor } from "./against_floor.ts";
import { Downloader, secondsOf } from "./downloaders.ts";
import { type Figure, formatNumber } from "./figures.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";
import { type BenchFixture, MIB } from "./fixture.ts";

const NAME = "large.bin";
/** By protocol, in units of T. */
const GOALS = { 1: 1, 2: 0.95 } as const;

/** One download of a large file whose hash the server knows, against the floor T. */
export async function measureDownload(place: BenchFixture): Promise<Figure[]> {
  const { largeBytes } = place.scale;
  place.addFile(NAME, largeBytes);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await learnHashes(port, [NAME]);
  const transfers = ([1, 2] as const).map((protocol) => ({
    name: `download of ${formatNumber(largeBytes / MIB)} MiB, protocol ${protocol}`,
    goal: GOALS[protocol],
    run: () => downloadOnce(place, port, protocol),
  }));
  const figures = await measureAgainstFloor(place, "downloads", transfers);
  place.removeFile(NAME);
  return figures;
}

/** A client of its own each time, as a user would start one. */
async function downloadOnce(place: BenchFixture, port: number, protocol: 1 | 2): Promise<number> {
  await using client = await Downloader.start(place, port, { protocol });
  return secondsOf(await client.download({ paths: [NAME] }));
}
