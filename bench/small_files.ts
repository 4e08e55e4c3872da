import { Downloader, secondsOf } from "./downloaders.ts";
import { atLeast, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { startServer } from "./peer_process.ts";
import type { Workplace } from "./workplace.ts";

const SIZE_BYTES = 4096;
const WINDOW = 16;

/** Many small files over one connection, with requests sent ahead. */
export async function measureSmallFiles(place: Workplace): Promise<Figure[]> {
  const { smallFiles, rounds } = place.scale;
  const names = Array.from({ length: smallFiles }, (_, i) => `small${i}.bin`);
  for (const name of names) place.addFile(name, SIZE_BYTES);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await using client = await Downloader.start(place, port);
  const rate = async () => smallFiles / secondsOf(await client.download(names, WINDOW));
  const first = await rate();
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) rates.push(await rate());
  for (const name of names) place.removeFile(name);
  return [{
    name: `${formatNumber(smallFiles)} files of 4 KiB, one connection`,
    value: median(rates),
    unit: "files/s",
    goal: atLeast(2_000),
    note: `${formatSpread(rates)}; ${formatNumber(first)} while the hashes are not known`,
  }];
}
