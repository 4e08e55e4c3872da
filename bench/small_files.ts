import { Downloader, secondsOf } from "./downloaders.ts";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { startServer } from "./peer_process.ts";

const SIZE_BYTES = 4096;
const WINDOW = 16;

/** Measures many small files over one connection with pipelined requests, for each protocol. */
export async function measureSmallFiles(fixture: BenchFixture): Promise<Figure[]> {
  const { smallFiles } = fixture.scale;
  const names = Array.from({ length: smallFiles }, (_, i) => `small${i}.bin`);
  for (const name of names) fixture.addFile(name, SIZE_BYTES);
  await fixture.waitUntilHashable();
  const figures = [
    await measureProtocol(fixture, names, 1),
    await measureProtocol(fixture, names, 2),
  ];
  for (const name of names) fixture.removeFile(name);
  return figures;
}

async function measureProtocol(
  fixture: BenchFixture,
  paths: readonly string[],
  protocol: 1 | 2,
): Promise<Figure> {
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await using client = await Downloader.start(fixture, port, { protocol });
  const rate = async () => {
    const order = { paths, window: WINDOW, sizeBytes: SIZE_BYTES };
    return paths.length / secondsOf(await client.download(order));
  };
  const first = await rate();
  const rates: number[] = [];
  for (let round = 0; round < fixture.scale.rounds; round++) rates.push(await rate());
  return {
    name: `${formatNumber(paths.length)} files of 4 KiB, one connection, protocol ${protocol}`,
    value: median(rates),
    unit: "files/s",
    goal: atLeast(2_000),
    note: `${formatSpread(rates)}; ${formatNumber(first)} while the hashes are not known`,
  };
}
