import { Downloader } from "./downloaders.ts";
import { atMost, type Figure, formatNumber } from "./figures.ts";
import { startServer } from "./peer_process.ts";
import { MIB, type Workplace } from "./workplace.ts";

const SMALL_BYTES = 10_000_000;
const NAME = "memory.bin";

/** The most memory that server and client ever hold while one file moves, small and huge. */
export async function measureMemory(place: Workplace): Promise<Figure[]> {
  const sizes = [SMALL_BYTES, place.scale.hugeBytes];
  const peaks: { server: number; client: number }[] = [];
  for (const size of sizes) peaks.push(await measurePeaks(place, size));
  return (["server", "client"] as const).map((side) => {
    const mibs = peaks.map((peak) => peak[side]);
    const each = mibs.map((mib, i) =>
      `${formatNumber(mib)} for ${formatNumber(sizes[i]! / MIB)} MiB`
    );
    return {
      name: `peak memory of the ${side}`,
      value: Math.max(...mibs),
      unit: "MiB",
      goal: atMost(150),
      note: each.join(", "),
    };
  });
}

/** Fresh processes for each size; the server computes the hash too. */
async function measurePeaks(place: Workplace, sizeBytes: number) {
  place.addSparseFile(NAME, sizeBytes);
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await using client = await Downloader.start(place, port);
  await client.download([NAME]);
  place.removeFile(NAME);
  return { server: server.peakKb() / 1024, client: client.process.peakKb() / 1024 };
}
