import { join } from "@std/path";
import { atMost, type Figure, formatNumber, formatSpread, medianRatio } from "./figures.ts";
import { type BenchFixture, emptyFolder, MIB, removeFolder } from "./fixture.ts";
import { findProgram, peakBytesOf, run, runClient, startServerProgram } from "./programs.ts";
import { RSYNC_MODULE, startRsync } from "./rivals/rsync.ts";
import { inTurns } from "./turns.ts";

const SIZE_BYTES = 4096;
const FOLDER = "compared-files";
const INBOX = "inbox";
/** How many times the files of the comparison there are where memory is measured. */
const MORE = 10;

/**
 * Measures a folder of many small files in turns with rsync from and to its daemon: fetched, fetched again with
 * nothing changed (rsync compares checksums, too), sent, and sent again some seconds later. Then the peak memory of both ends.
 */
export async function measureManyCompared(fixture: BenchFixture): Promise<Figure[]> {
  const rsync = findProgram("rsync");
  if (rsync === null) return [{ name: "many files", value: NaN, unit: "", note: "no rsync" }];
  const { manyFiles, rounds } = fixture.scale;
  for (const parent of [fixture.served, fixture.sent]) {
    fixture.addFiles(FOLDER, manyFiles, SIZE_BYTES, parent);
  }
  await fixture.waitUntilHashable();
  const figures = await compare(fixture, rsync, rounds);
  for (const parent of [fixture.served, fixture.sent]) removeFolder(join(parent, FOLDER));
  return [...figures, ...await measurePeaks(fixture, MORE * manyFiles)];
}

async function compare(fixture: BenchFixture, rsync: string, rounds: number): Promise<Figure[]> {
  const { service: server, address } = await startServerProgram(fixture);
  await using _server = server;
  const { service: daemon, port } = await startRsync(fixture, rsync);
  await using _daemon = daemon;
  const url = `rsync://127.0.0.1:${port}/${RSYNC_MODULE}`;
  const [ours, theirs] = ["ours", "theirs"].map((name) => join(fixture.received, name));
  const [inbox, theirInbox] = [INBOX, `their-${INBOX}`];
  const sent = join(fixture.sent, FOLDER);
  const get = () => runClient(["get", address, FOLDER, "--output", ours!]);
  const put = () => runClient(["put", address, sent, "--to", inbox]);
  const seconds = await inTurns(rounds, {
    get: () => fresh(ours!, get),
    rsyncGet: () => fresh(theirs!, () => run(rsync, ["-a", `${url}/${FOLDER}`, theirs!])),
    again: get,
    rsyncAgain: () => run(rsync, ["-ac", `${url}/${FOLDER}`, theirs!]),
    put: () => fresh(join(fixture.served, inbox), put),
    rsyncPut: () =>
      fresh(
        join(fixture.served, theirInbox),
        () => run(rsync, ["-a", sent, `${url}/${theirInbox}`]),
      ),
    // A server knows nothing of what was just written: it is older where people send it again
    putAgain: () => fixture.waitUntilHashable().then(put),
    rsyncPutAgain: () => run(rsync, ["-ac", sent, `${url}/${theirInbox}`]),
  });
  for (const folder of [ours!, theirs!]) removeFolder(folder);
  for (const name of [inbox, theirInbox]) removeFolder(join(fixture.served, name));
  const { manyFiles } = fixture.scale;
  return [
    figure(`get of ${formatNumber(manyFiles)} files`, seconds.get, seconds.rsyncGet),
    figure("get again, nothing changed", seconds.again, seconds.rsyncAgain),
    figure(`put of ${formatNumber(manyFiles)} files`, seconds.put, seconds.rsyncPut),
    figure("put again, nothing changed", seconds.putAgain, seconds.rsyncPutAgain),
  ];
}

/** The peak memory of both ends, in a server and a client that do nothing else. */
async function measurePeaks(fixture: BenchFixture, files: number): Promise<Figure[]> {
  fixture.addFiles(FOLDER, files, SIZE_BYTES);
  const { service, address } = await startServerProgram(fixture);
  await using _ = service;
  const directory = join(fixture.received, "peak");
  let clientBytes = 0;
  await runClient(["get", address, FOLDER, "--output", directory], (bytes) => clientBytes = bytes);
  const serverBytes = peakBytesOf(service.pid) ?? NaN;
  for (const folder of [directory, join(fixture.served, FOLDER)]) removeFolder(folder);
  return [["client", clientBytes], ["server", serverBytes]].map(([side, bytes]) => ({
    name: `peak memory of the ${side}, get of ${formatNumber(files)} files of 4 KiB`,
    value: Number(bytes) / MIB,
    unit: "MiB",
    goal: atMost(120),
  }));
}

function figure(name: string, seconds: readonly number[], rsync: readonly number[]): Figure {
  return {
    name: `${name} of 4 KiB`.replace(", nothing changed of 4 KiB", ", nothing changed"),
    value: medianRatio(seconds, rsync),
    unit: "× rsync's time",
    goal: atMost(2),
    note: `${formatSpread(seconds)} s; rsync ${formatSpread(rsync)} s`,
  };
}

/** Runs `work` with an empty folder. */
async function fresh(folder: string, work: () => Promise<number>): Promise<number> {
  emptyFolder(folder);
  return await work();
}
