import { Downloader, secondsOf } from "./downloaders.ts";
import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type Floor, measureFloor } from "./floor.ts";
import { startServer } from "./peer_process.ts";
import { MIB, type Workplace } from "./workplace.ts";

const NAME = "large.bin";

/**
 * One download of a large file whose hash the server knows, against the floor T. Floor and
 * download take turns, so that what else the machine does meets both.
 */
export async function measureDownload(place: Workplace): Promise<Figure[]> {
  const { largeBytes, rounds } = place.scale;
  place.addFile(NAME, largeBytes);
  await place.settle();
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await downloadOnce(place, port); // The server learns the hash
  const floors: Floor[] = [];
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floors.push(await measureFloor(place, largeBytes));
    seconds.push(await downloadOnce(place, port));
  }
  place.removeFile(NAME);
  return figures(largeBytes, floors, seconds);
}

/** A client of its own each time, as a user would start one. */
async function downloadOnce(place: Workplace, port: number): Promise<number> {
  await using client = await Downloader.start(place, port);
  return secondsOf(await client.download([NAME]));
}

function figures(sizeBytes: number, floors: Floor[], seconds: number[]): Figure[] {
  const part = (key: keyof Floor) => median(floors.map((floor) => floor[key]));
  const parts = (["move", "hash", "write"] as const)
    .map((key) => `${key} ${formatNumber(part(key))}`);
  const total = part("total");
  const mib = formatNumber(sizeBytes / MIB);
  const rate = formatNumber(sizeBytes / MIB / median(seconds));
  return [
    { name: `floor T, ${mib} MiB`, value: total, unit: "s", note: parts.join(" + ") },
    {
      name: `download of ${mib} MiB`,
      value: median(seconds) / total,
      unit: "× T",
      goal: atMost(1),
      note: `${formatSpread(seconds)} s, ${rate} MiB/s`,
    },
  ];
}
