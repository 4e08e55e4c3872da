import { join } from "@std/path";
import { Downloader, secondsOf } from "./downloaders.ts";
import { atMost, type Figure, formatNumber, formatSpread, medianRatio } from "./figures.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";
import { inTurns } from "./turns.ts";
import { type BenchFixture, MIB } from "./fixture.ts";

const KNOWN = "known.bin";
const UNKNOWN = "unknown.bin";

/** A download of a file whose hash the server has to compute, against one whose hash it knows. */
export async function measureUnknownHash(place: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = place.scale;
  for (const name of [KNOWN, UNKNOWN]) place.addFile(name, largeBytes);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await learnHashes(port, [KNOWN, UNKNOWN]); // Or its indexer would be at work beside
  const seconds = await inTurns(rounds, {
    known: () => downloadOnce(place, port, KNOWN),
    unknown: () => {
      const nowMs = Date.now();
      Deno.utimeSync(join(place.served, UNKNOWN), nowMs / 1000, nowMs / 1000);
      return downloadOnce(place, port, UNKNOWN);
    },
  });
  for (const name of [KNOWN, UNKNOWN]) place.removeFile(name);
  return [{
    name: `download of ${formatNumber(largeBytes / MIB)} MiB, hash not known, protocol 2`,
    value: medianRatio(seconds.unknown, seconds.known),
    unit: "× the same, hash known",
    goal: atMost(1.2),
    note: `${formatSpread(seconds.unknown)} s against ${formatSpread(seconds.known)} s`,
  }];
}

async function downloadOnce(place: BenchFixture, port: number, name: string): Promise<number> {
  await using client = await Downloader.start(place, port, { protocol: 2 });
  return secondsOf(await client.download({ paths: [name] }));
}
