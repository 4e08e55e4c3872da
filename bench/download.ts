import { measureAgainstFloor } from "./against_floor.ts";
import { Downloader, secondsOf } from "./downloaders.ts";
import { type Figure, formatNumber } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";

const NAME = "large.bin";
/** Goals by protocol, in units of T. */
const GOALS = { 1: 1, 2: 0.95 } as const;

/** Measures a download of a large file with a known hash against the floor T. */
export async function measureDownload(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes } = fixture.scale;
  fixture.addFile(NAME, largeBytes);
  await fixture.waitUntilHashable();
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await learnHashes(port, [NAME]);
  const transfers = ([1, 2] as const).map((protocol) => ({
    name: `download of ${formatNumber(largeBytes / MIB)} MiB, protocol ${protocol}`,
    goal: GOALS[protocol],
    run: () => downloadOnce(fixture, port, protocol),
  }));
  const figures = await measureAgainstFloor(fixture, "downloads", transfers);
  fixture.removeFile(NAME);
  return figures;
}

/** Uses a new client each time, as a user does. */
async function downloadOnce(fixture: BenchFixture, port: number, protocol: 1 | 2): Promise<number> {
  await using client = await Downloader.start(fixture, port, { protocol });
  return secondsOf(await client.download({ paths: [NAME] }));
}
