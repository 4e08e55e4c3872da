import { join } from "@std/path";
import { Downloader } from "./downloaders.ts";
import { atMost, type Figure, formatNumber } from "./figures.ts";
import { type PeerProcess, startServer } from "./peer_process.ts";
import { Uploader } from "./uploaders.ts";
import type { BenchFixture } from "./fixture.ts";

const SMALL_BYTES = 10_000_000;
const NAME = "memory.bin";
/** A unit that goals speak in. */
const MB = 1_000_000;

/** The peak memory of both sides, in MB. */
interface Peaks {
  readonly server: number;
  readonly client: number;
}

/** Moves a file of that size between fresh processes. */
type Transfer = (place: BenchFixture, sizeBytes: number) => Promise<Peaks>;

const TRANSFERS: Readonly<Record<string, Transfer>> = {
  "download, protocol 1": (place, sizeBytes) => measureDownload(place, sizeBytes, 1),
  "download, protocol 2": (place, sizeBytes) => measureDownload(place, sizeBytes, 2),
  "upload, protocol 2": measureUpload,
};

/** The most memory that server and client ever hold while one file moves, small and huge. */
export async function measureMemory(place: BenchFixture): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, transfer] of Object.entries(TRANSFERS)) {
    figures.push(...await measureTransfer(place, name, transfer));
  }
  return figures;
}

async function measureTransfer(
  place: BenchFixture,
  name: string,
  transfer: Transfer,
): Promise<Figure[]> {
  const sizes = [SMALL_BYTES, place.scale.hugeBytes];
  const peaks: Peaks[] = [];
  for (const sizeBytes of sizes) peaks.push(await transfer(place, sizeBytes));
  return (["server", "client"] as const).map((side) => {
    const mbs = peaks.map((peak) => peak[side]);
    const each = mbs.map((mb, i) => `${formatNumber(mb)} for ${formatNumber(sizes[i]! / MB)} MB`);
    return {
      name: `peak memory of the ${side}, ${name}`,
      value: Math.max(...mbs),
      unit: "MB",
      goal: atMost(150),
      note: each.join(", "),
    };
  });
}

/** The server computes the hash too. */
async function measureDownload(
  place: BenchFixture,
  sizeBytes: number,
  protocol: 1 | 2,
): Promise<Peaks> {
  place.addSparseFile(NAME, sizeBytes);
  const { server, port } = await startServer({ root: place.served });
  await using _ = server;
  await using client = await Downloader.start(place, port, { protocol });
  await client.download({ paths: [NAME] });
  place.removeFile(NAME);
  return { server: peakMb(server), client: peakMb(client.process) };
}

async function measureUpload(place: BenchFixture, sizeBytes: number): Promise<Peaks> {
  place.addSparseFile(NAME, sizeBytes, place.sent);
  const { server, port } = await startServer({ root: place.served, uploads: true });
  await using _ = server;
  await using client = await Uploader.start(port);
  await client.upload({ file: join(place.sent, NAME), path: NAME });
  for (const folder of [place.sent, place.served]) place.removeFile(NAME, folder);
  return { server: peakMb(server), client: peakMb(client.process) };
}

function peakMb(process: PeerProcess): number {
  return process.peakKb() * 1024 / MB;
}
