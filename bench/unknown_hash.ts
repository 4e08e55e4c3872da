import { join } from "@std/path";
import { Downloader, secondsOf } from "./downloaders.ts";
import { atMost, type Figure, formatNumber, formatSpread, medianRatio } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";
import { inTurns } from "./turns.ts";

const KNOWN = "known.bin";
const UNKNOWN = "unknown.bin";

/** Measures a download whose hash the server has to compute, against one whose hash it knows. */
export async function measureUnknownHash(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  for (const name of [KNOWN, UNKNOWN]) fixture.addFile(name, largeBytes);
  await fixture.waitUntilHashable();
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await learnHashes(port, [KNOWN, UNKNOWN]); // Otherwise its indexer would run at the same time
  const seconds = await inTurns(rounds, {
    known: () => downloadOnce(fixture, port, KNOWN),
    unknown: () => {
      const nowMs = Date.now();
      Deno.utimeSync(join(fixture.served, UNKNOWN), nowMs / 1000, nowMs / 1000);
      return downloadOnce(fixture, port, UNKNOWN);
    },
  });
  for (const name of [KNOWN, UNKNOWN]) fixture.removeFile(name);
  return [{
    name: `download of ${formatNumber(largeBytes / MIB)} MiB, hash not known, protocol 2`,
    value: medianRatio(seconds.unknown, seconds.known),
    unit: "× the same, hash known",
    goal: atMost(1.2),
    note: `${formatSpread(seconds.unknown)} s against ${formatSpread(seconds.known)} s`,
  }];
}

async function downloadOnce(fixture: BenchFixture, port: number, name: string): Promise<number> {
  await using client = await Downloader.start(fixture, port, { protocol: 2 });
  return secondsOf(await client.download({ paths: [name] }));
}
