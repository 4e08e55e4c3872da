import { join } from "@std/path";
import { Downloader } from "./downloaders.ts";
import { atMost, type Figure, formatNumber } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { type PeerProcess, startServer } from "./peer_process.ts";
import { Uploader } from "./uploaders.ts";

const SMALL_BYTES = 10_000_000;
const NAME = "memory.bin";
/** The unit of the goals. */
const MB = 1_000_000;

/** The peak memory of both sides in MB. */
interface Peaks {
  readonly server: number;
  readonly client: number;
}

/** Transfers a file of that size between new processes. */
type Transfer = (fixture: BenchFixture, sizeBytes: number) => Promise<Peaks>;

const TRANSFERS: Readonly<Record<string, Transfer>> = {
  "download, protocol 1": (fixture, sizeBytes) => measureDownload(fixture, sizeBytes, 1),
  "download, protocol 2": (fixture, sizeBytes) => measureDownload(fixture, sizeBytes, 2),
  "upload, protocol 2": measureUpload,
};

/** Measures the peak memory of server and client during the transfer of a file, small and huge. */
export async function measureMemory(fixture: BenchFixture): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, transfer] of Object.entries(TRANSFERS)) {
    figures.push(...await measureTransfer(fixture, name, transfer));
  }
  return figures;
}

async function measureTransfer(
  fixture: BenchFixture,
  name: string,
  transfer: Transfer,
): Promise<Figure[]> {
  const sizes = [SMALL_BYTES, fixture.scale.hugeBytes];
  const peaks: Peaks[] = [];
  for (const sizeBytes of sizes) peaks.push(await transfer(fixture, sizeBytes));
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

/** The server computes the hash, too. */
async function measureDownload(
  fixture: BenchFixture,
  sizeBytes: number,
  protocol: 1 | 2,
): Promise<Peaks> {
  fixture.addSparseFile(NAME, sizeBytes);
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  await using client = await Downloader.start(fixture, port, { protocol });
  await client.download({ paths: [NAME] });
  fixture.removeFile(NAME);
  return { server: peakMb(server), client: peakMb(client.process) };
}

async function measureUpload(fixture: BenchFixture, sizeBytes: number): Promise<Peaks> {
  fixture.addSparseFile(NAME, sizeBytes, fixture.sent);
  const { server, port } = await startServer({ root: fixture.served, uploads: true });
  await using _ = server;
  await using client = await Uploader.start(port);
  await client.upload({ file: join(fixture.sent, NAME), path: NAME });
  for (const folder of [fixture.sent, fixture.served]) fixture.removeFile(NAME, folder);
  return { server: peakMb(server), client: peakMb(client.process) };
}

function peakMb(process: PeerProcess): number {
  return process.peakKb() * 1024 / MB;
}
