import { connectEngine, createLog } from "../tests/helpers/nats_engines.ts";
import { NatsCluster } from "../tests/helpers/nats.ts";
import { atLeast, atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { percentile } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess, type ServerPeer, startServer } from "./peer_process.ts";
import type {
  FloodReport,
  SteadyReport,
  TalkersOptions,
  TalkersOrder,
} from "./peers/room_talkers.ts";
import { measureAcross } from "./cluster_files.ts";
import { findProgram } from "./programs.ts";

const NAME = "bench";
const SERVERS = 3;
const CLIENTS = 30;
/** Messages of each client that wait for their answers. */
const WINDOW = 50;
const PAUSE_MS = 10;

/**
 * Measures three servers as one, on three nodes of NATS, beside one server alone: all on this machine.
 */
export async function measureCluster(fixture: BenchFixture): Promise<Figure[]> {
  if (findProgram("nats-server") === null) {
    const note = "there is no nats-server";
    return [{ name: "three servers as one", value: NaN, unit: "messages/s", note }];
  }
  await using nats = await NatsCluster.start(3);
  await prepare(nats);
  await using stack = new AsyncDisposableStack();
  const servers: ServerPeer[] = [];
  for (let i = 0; i < SERVERS; i++) servers.push(await startOne(fixture, nats, stack, i));
  const ports = servers.map(({ port }) => port);
  const alone = await startServer({
    root: fixture.served,
    dataDirectory: fixture.addFolder("alone"),
    ...HISTORY,
  });
  stack.use(alone.server);
  const stored = await measureStoredRates(fixture, servers, alone);
  const steady = await measureSteady(fixture, ports);
  const started = await measureNewServer(fixture, nats, stack, ports);
  const across = await measureAcross(fixture, nats.urls);
  return [...stored, steady, started, across];
}

const HISTORY = { historyMessages: 10_000_000 };

/** The log is there before the servers are, so that no election is measured. */
async function prepare(nats: NatsCluster): Promise<void> {
  await using engine = await connectEngine(nats.urls, NAME);
  await createLog(engine);
}

async function startOne(
  fixture: BenchFixture,
  nats: NatsCluster,
  stack: AsyncDisposableStack,
  number: number,
): Promise<ServerPeer> {
  const started = await startServer({
    root: fixture.addFolder(`files${number}`),
    dataDirectory: fixture.addFolder(`server${number}`),
    ...HISTORY,
    cluster: { servers: nats.urls, name: NAME, host: "127.0.0.1" },
  });
  stack.use(started.server);
  return started;
}

/** What the servers of one talk did in each round. */
class StoredRates {
  /** Messages a second that all of them store. */
  readonly rates: number[] = [];
  /** CPU microseconds of the busiest of them for each message. */
  readonly microseconds: number[] = [];

  constructor(readonly servers: readonly ServerPeer[]) {}

  /** Measures one round. */
  async measure(talkers: PeerProcess, messages: number): Promise<void> {
    const before = this.servers.map(({ server }) => server.cpuSeconds());
    this.rates.push(await flood(talkers, messages));
    const seconds = this.servers.map(({ server }, i) => server.cpuSeconds() - before[i]!);
    this.microseconds.push(Math.max(...seconds) * 1_000_000 / (CLIENTS * messages));
  }
}

/** The messages a second that all servers store, of clients that wait for the answers. */
async function measureStoredRates(
  { scale }: BenchFixture,
  servers: readonly ServerPeer[],
  alone: ServerPeer,
): Promise<Figure[]> {
  const [one, cluster] = [new StoredRates([alone]), new StoredRates(servers)];
  await using few = await openTalkers({ ports: [alone.port], count: CLIENTS });
  await using many = await openTalkers({ ports: servers.map(({ port }) => port), count: CLIENTS });
  const talks = [[one, few], [cluster, many]] as const;
  for (const [, talkers] of talks) await flood(talkers, scale.clusterMessages); // Warms up
  for (let round = 0; round < scale.rounds; round++) {
    for (const [rates, talkers] of talks) await rates.measure(talkers, scale.clusterMessages);
  }
  return storedFigures(one, cluster);
}

function storedFigures(alone: StoredRates, cluster: StoredRates): Figure[] {
  const name = `${CLIENTS} clients in one room of ${SERVERS} servers`;
  const ratios = cluster.rates.map((rate, i) => rate / alone.rates[i]!);
  return [{
    name: `${name}, stored`,
    value: median(cluster.rates),
    unit: "messages/s",
    goal: atLeast(10_000),
    note: `${formatSpread(cluster.rates)}; one server alone ${formatSpread(alone.rates)}`,
  }, {
    name: `${name}, against one server alone`,
    value: median(ratios),
    unit: "times",
    goal: atLeast(0.85),
    note: formatSpread(ratios),
  }, {
    name: "the same, CPU of the busiest server for a message",
    value: median(cluster.microseconds),
    unit: "µs",
    note: `${formatSpread(cluster.microseconds)}; one server alone ` +
      `${formatSpread(alone.microseconds)}; it is the limit where each has cores of its own`,
  }];
}

async function openTalkers(options: TalkersOptions): Promise<PeerProcess> {
  const talkers = new PeerProcess("room_talkers", options);
  await talkers.report();
  return talkers;
}

async function flood(talkers: PeerProcess, messages: number): Promise<number> {
  const order: TalkersOrder = { kind: "flood", messages, window: WINDOW };
  const { confirmedSeconds } = await talkers.ask<FloodReport>(order);
  return CLIENTS * messages / confirmedSeconds;
}

/** How long a message takes to clients of the other servers. */
async function measureSteady({ scale }: BenchFixture, ports: readonly number[]): Promise<Figure> {
  await using talkers = await openTalkers({ ports, count: 2 * SERVERS });
  const order: TalkersOrder = { kind: "steady", messages: scale.timedMessages, pauseMs: PAUSE_MS };
  const { agesMs: [own = [], ...others] } = await talkers.ask<SteadyReport>(order);
  const agesMs = others.flat();
  const at = (share: number) => formatNumber(percentile(agesMs, share));
  return {
    name: `chat across servers, ${1_000 / PAUSE_MS} messages a second, 99 % within`,
    value: percentile(agesMs, 0.99),
    unit: "ms",
    goal: atMost(50),
    note: `half within ${at(0.5)} ms, all within ${at(1)} ms; at the same server 99 % within ` +
      `${formatNumber(percentile(own, 0.99))} ms`,
  };
}

/** How long a new server takes until it has what the others have. */
async function measureNewServer(
  fixture: BenchFixture,
  nats: NatsCluster,
  stack: AsyncDisposableStack,
  ports: readonly number[],
): Promise<Figure> {
  const wanted = fixture.scale.clusterHistory;
  const before = CLIENTS * fixture.scale.clusterMessages * (fixture.scale.rounds + 1);
  if (before < wanted) {
    await using talkers = await openTalkers({ ports, count: CLIENTS });
    await flood(talkers, Math.ceil((wanted - before) / CLIENTS));
  }
  const startedMs = performance.now();
  await startOne(fixture, nats, stack, SERVERS);
  return {
    name: `a new server gets ${formatNumber(Math.max(wanted, before))} messages`,
    value: (performance.now() - startedMs) / 1000,
    unit: "s",
    goal: atMost(10),
    note: "from the start of its process until it listens",
  };
}
