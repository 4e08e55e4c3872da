import { join } from "@std/path";
import { Downloader } from "./downloaders.ts";
import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { measureHash } from "./floor.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";
import { inTurns } from "./turns.ts";

const NAME = "resumed.bin";
const POLL_MS = 1;
const PROTOCOL_2 = { protocol: 2 } as const;

/**
 * Measures a repeated download whose client was killed half way, until the first new byte arrives.
 * The client has to hash the kept part first.
 */
export async function measureResume(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  const keptBytes = largeBytes / 2;
  fixture.addFile(NAME, largeBytes);
  await fixture.waitUntilHashable();
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await learnHashes(port, [NAME]);
  const seconds = await inTurns(rounds, {
    hash: () => Promise.resolve(measureHash(keptBytes)),
    resume: async () => {
      await interrupt(fixture, port, keptBytes);
      return await resume(fixture, port, keptBytes);
    },
  });
  fixture.removeFile(NAME);
  const mib = (bytes: number) => formatNumber(bytes / MIB);
  return [{
    name: `resume at ${mib(keptBytes)} of ${mib(largeBytes)} MiB, protocol 2, first new byte after`,
    value: median(seconds.resume.map((value, round) => value - seconds.hash[round]!)),
    unit: "s beyond the hashing",
    goal: atMost(0.2),
    note: `${formatSpread(seconds.resume)} s, ` +
      `of which it takes ${formatSpread(seconds.hash)} s to hash ${mib(keptBytes)} MiB`,
  }];
}

/** Leaves a part of exactly that size behind. */
async function interrupt(fixture: BenchFixture, port: number, keptBytes: number): Promise<void> {
  await using client = await Downloader.start(fixture, port, PROTOCOL_2);
  const part = join(client.directory, ".tcp-chat", `${NAME}.part`);
  await client.process.tell({ paths: [NAME] });
  while (sizeOf(part) < keptBytes) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  await client.process.kill();
  Deno.truncateSync(part, keptBytes); // The client was faster than the signal
}

async function resume(fixture: BenchFixture, port: number, keptBytes: number): Promise<number> {
  await using client = await Downloader.start(fixture, port, PROTOCOL_2);
  const { startedMs, firstByteMs } = await client.download({ paths: [NAME], keptBytes });
  return (firstByteMs - startedMs) / 1000;
}

/** The size of a file; 0 while there is none. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
