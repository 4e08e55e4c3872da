import { connect } from "../lib/client/connect.ts";
import { Downloader, secondsOf } from "./downloaders.ts";
import { atLeast, type Figure, formatNumber, formatSpread, medianRatio } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { startServer } from "./peer_process.ts";

const NAME = "bench-files";
/** How long the other server may take until it lists a file. */
const LISTED_MS = 60_000;
const POLL_MS = 100;

/**
 * Measures a download from a server of a cluster that has the file, and from one that has to get it from there: the
 * first download of each file, later ones find it.
 *
 * @param urls of NATS
 */
export async function measureAcross(
  fixture: BenchFixture,
  urls: readonly string[],
): Promise<Figure> {
  const { distantBytes, rounds } = fixture.scale;
  const names = Array.from({ length: rounds + 1 }, (_, i) => `across${i}.bin`);
  const roots = [fixture.addFolder("holder-files"), fixture.addFolder("other-files")] as const;
  for (const name of names) fixture.addFile(name, distantBytes, roots[0]);
  await fixture.waitUntilHashable();
  await using holder = await startOne(fixture, urls, "holder", roots[0]);
  await using other = await startOne(fixture, urls, "other", roots[1]);
  const local: number[] = [];
  const across: number[] = [];
  for (const [round, name] of names.entries()) {
    await untilListed(other.port, name);
    const seconds = [
      await downloadOnce(fixture, holder.port, name),
      await downloadOnce(fixture, other.port, name),
    ] as const;
    if (round === 0) continue; // Warms up
    local.push(seconds[0]);
    across.push(seconds[1]);
  }
  for (const root of roots) Deno.removeSync(root, { recursive: true });
  const rates = (seconds: readonly number[]) => seconds.map((each) => distantBytes / MIB / each);
  return {
    name: `download of ${
      formatNumber(distantBytes / MIB)
    } MiB that another server has, against a local one`,
    value: medianRatio(local, across),
    unit: "times",
    goal: atLeast(0.7),
    note: `${formatSpread(rates(across))} MiB/s; local ${formatSpread(rates(local))} MiB/s`,
  };
}

async function startOne(
  fixture: BenchFixture,
  urls: readonly string[],
  name: string,
  root: string,
): Promise<AsyncDisposable & { readonly port: number }> {
  const { server, port } = await startServer({
    root,
    dataDirectory: fixture.addFolder(`${name}-data`),
    cluster: { servers: urls, name: NAME, host: "127.0.0.1", copies: 1 },
  });
  return { port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Resolves once a server knows a file. */
async function untilListed(port: number, name: string): Promise<void> {
  const client = await connect({ hostname: "127.0.0.1", port, protocol: 2 });
  try {
    const endMs = performance.now() + LISTED_MS;
    while (await client.stat(name).catch(() => null) === null) {
      if (performance.now() > endMs) throw new Error(`The other server does not know ${name}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    await client.quit();
  }
}

/** Uses a new client each time, as a user does. */
async function downloadOnce(fixture: BenchFixture, port: number, name: string): Promise<number> {
  await using client = await Downloader.start(fixture, port, { protocol: 2 });
  return secondsOf(await client.download({ paths: [name] }));
}
