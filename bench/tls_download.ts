import { Downloader, secondsOf } from "./downloaders.ts";
import { atLeast, type Figure, formatNumber, formatSpread, medianRatio } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { startServer } from "./peer_process.ts";
import { inTurns } from "./turns.ts";

const NAME = "tls.bin";

/** Measures the same download with and without TLS. */
export async function measureTlsDownload(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  fixture.addFile(NAME, largeBytes);
  await fixture.waitUntilHashable();
  const plain = await startServer({
    root: fixture.served,
    dataDirectory: fixture.addFolder("download-plain"),
  });
  await using _plain = plain.server;
  const tls = await startServer({
    root: fixture.served,
    dataDirectory: fixture.addFolder("download-tls"),
    tls: true,
  });
  await using _tls = tls.server;
  const rate = async (port: number, overTls: boolean) => {
    await using client = await Downloader.start(fixture, port, { protocol: 2, tls: overTls });
    return largeBytes / MIB / secondsOf(await client.download({ paths: [NAME] }));
  };
  const both = { plain: () => rate(plain.port, false), tls: () => rate(tls.port, true) };
  await inTurns(1, both); // The servers compute the hash
  const rates = await inTurns(rounds, both);
  fixture.removeFile(NAME);
  return [{
    name: `download of ${formatNumber(largeBytes / MIB)} MiB over TLS, protocol 2`,
    value: medianRatio(rates.tls, rates.plain),
    unit: "of that without TLS",
    goal: atLeast(0.65),
    note: `${formatSpread(rates.tls)} MiB/s to ${formatSpread(rates.plain)} MiB/s`,
  }];
}
