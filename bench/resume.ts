import { join } from "@std/path";
import { Downloader } from "./downloaders.ts";
import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { measureHash } from "./floor.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";
import { inTurns } from "./turns.ts";
import { type BenchFixture, MIB } from "./fixture.ts";

const NAME = "resumed.bin";
const POLL_MS = 1;
const PROTOCOL_2 = { protocol: 2 } as const;

/**
 * A download whose client was killed half way: how long it takes, when it is asked for again,
 * until the first new byte is there. What is kept has to be hashed first.
 */
export async function measureResume(place: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = place.scale;
  const keptBytes = largeBytes / 2;
  place.addFile(NAME, largeBytes);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await learnHashes(port, [NAME]);
  const seconds = await inTurns(rounds, {
    hash: () => Promise.resolve(measureHash(keptBytes)),
    resume: async () => {
      await breakOff(place, port, keptBytes);
      return await resume(place, port, keptBytes);
    },
  });
  place.removeFile(NAME);
  const mib = (bytes: number) => formatNumber(bytes / MIB);
  return [{
    name: `resume at ${mib(keptBytes)} of ${mib(largeBytes)} MiB, protocol 2, first new byte after`,
    value: median(seconds.resume.map((each, round) => each - seconds.hash[round]!)),
    unit: "s beyond the hashing",
    goal: atMost(0.2),
    note: `${formatSpread(seconds.resume)} s, ` +
      `of which it takes ${formatSpread(seconds.hash)} s to hash ${mib(keptBytes)} MiB`,
  }];
}

/** Leaves exactly so much of the file behind. */
async function breakOff(place: BenchFixture, port: number, keptBytes: number): Promise<void> {
  await using client = await Downloader.start(place, port, PROTOCOL_2);
  const part = join(client.directory, `${NAME}.part`);
  await client.process.tell({ paths: [NAME] });
  while (sizeOf(part) < keptBytes) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  await client.process.kill();
  Deno.truncateSync(part, keptBytes); // The client was faster than the signal
}

async function resume(place: BenchFixture, port: number, keptBytes: number): Promise<number> {
  await using client = await Downloader.start(place, port, PROTOCOL_2);
  const { startedMs, firstByteMs } = await client.download({ paths: [NAME], keptBytes });
  return (firstByteMs - startedMs) / 1000;
}

/** 0 while there is no such file. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
