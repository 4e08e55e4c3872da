import { Downloader, secondsOf } from "./downloaders.ts";
import { atLeast, type Figure, formatNumber, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { startServer } from "./peer_process.ts";

const CLIENTS = 8;
const NAME = "shared.bin";
const ORDER = { paths: [NAME] } as const;

/**
 * Measures eight clients, each a process, that download the same file at once, against one alone.
 * All have their worker from an earlier download.
 */
export async function measureParallel(fixture: BenchFixture): Promise<Figure[]> {
  const sizeBytes = fixture.scale.largeBytes / 4;
  fixture.addFile(NAME, sizeBytes);
  await fixture.waitUntilHashable();
  const figures = [
    ...await measureProtocol(fixture, sizeBytes, 1),
    ...await measureProtocol(fixture, sizeBytes, 2),
  ];
  fixture.removeFile(NAME);
  return figures;
}

async function measureProtocol(
  fixture: BenchFixture,
  sizeBytes: number,
  protocol: 1 | 2,
): Promise<Figure[]> {
  const { server, port } = await startServer({ root: fixture.served });
  await using _ = server;
  const clients = await Promise.all(
    Array.from(
      { length: CLIENTS },
      (_, i) => Downloader.start(fixture, port, { protocol, name: `client${i}` }),
    ),
  );
  for (const client of clients) await client.download(ORDER);
  const one: number[] = [];
  const all: number[] = [];
  const fairness: number[] = [];
  for (let round = 0; round < fixture.scale.rounds; round++) {
    one.push(sizeBytes / MIB / secondsOf(await clients[round % CLIENTS]!.download(ORDER)));
    const together = await downloadTogether(clients);
    all.push(CLIENTS * sizeBytes / MIB / together.seconds);
    fairness.push(together.fairness);
  }
  for (const client of clients) await client[Symbol.asyncDispose]();
  return figures(protocol, { one, all, fairness });
}

async function downloadTogether(clients: readonly Downloader[]) {
  const reports = await Promise.all(clients.map((client) => client.download(ORDER)));
  const startedMs = Math.min(...reports.map((report) => report.startedMs));
  const endedMs = Math.max(...reports.map((report) => report.endedMs));
  const seconds = reports.map(secondsOf);
  return {
    seconds: (endedMs - startedMs) / 1000,
    fairness: Math.min(...seconds) / Math.max(...seconds),
  };
}

interface Rounds {
  readonly one: readonly number[];
  readonly all: readonly number[];
  readonly fairness: readonly number[];
}

function figures(protocol: 1 | 2, { one, all, fairness }: Rounds): Figure[] {
  const rates = `${formatNumber(median(all))} MiB/s against ${formatNumber(median(one))} MiB/s`;
  return [
    {
      name: `${CLIENTS} clients at once, together, protocol ${protocol}`,
      value: median(all) / median(one),
      unit: "× one client",
      goal: atLeast(0.8),
      note: rates,
    },
    {
      name: `${CLIENTS} clients at once, slowest, protocol ${protocol}`,
      value: median(fairness),
      unit: "× the fastest",
      goal: atLeast(0.5),
    },
  ];
}
