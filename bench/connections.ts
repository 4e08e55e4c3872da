import { Downloader, secondsOf } from "./downloaders.ts";
import { type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { learnHashes } from "./hashes.ts";
import { startServer } from "./peer_process.ts";
import { inTurns } from "./turns.ts";

const CONNECTIONS = 4;

/** Measures the same bytes as one file over one connection, and as several files over several. */
export async function measureConnections(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  const one = ["one.bin"];
  const several = Array.from({ length: CONNECTIONS }, (_, i) => `part${i}.bin`);
  const partBytes = largeBytes / CONNECTIONS;
  fixture.addFile(one[0]!, largeBytes);
  for (const name of several) fixture.addFile(name, partBytes);
  await fixture.waitUntilHashable();
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await learnHashes(port, [...one, ...several]);
  const rate = async (paths: readonly string[], sizeBytes: number) => {
    const settings = { protocol: 2, connections: paths.length } as const;
    await using client = await Downloader.start(fixture, port, settings);
    const report = await client.download({ paths, sizeBytes, window: paths.length });
    return largeBytes / MIB / secondsOf(report);
  };
  const rates = await inTurns(rounds, {
    one: () => rate(one, largeBytes),
    several: () => rate(several, partBytes),
  });
  for (const name of [...one, ...several]) fixture.removeFile(name);
  return [
    figure(`1 file of ${formatNumber(largeBytes / MIB)} MiB, 1 connection`, rates.one),
    figure(
      `${CONNECTIONS} files of ${formatNumber(partBytes / MIB)} MiB, ${CONNECTIONS} connections`,
      rates.several,
    ),
  ];
}

function figure(name: string, rates: readonly number[]): Figure {
  const value = median(rates);
  return { name: `${name}, protocol 2`, value, unit: "MiB/s", note: formatSpread(rates) };
}
