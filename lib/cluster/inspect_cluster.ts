import { pause } from "../async/pause.ts";
import type { Fields } from "../protocol/json.ts";
import { decodeMessage } from "./bus_request.ts";
import { subjectOf } from "./cluster.ts";
import { type Engine, isNoLog, type LogExtent } from "./engine.ts";
import type { ServerAddress } from "./entry.ts";
import { decodeServerId } from "./incarnation.ts";
import { decodeServerAddress } from "./server_entries.ts";
import { askStatus, type KnownServer, type ServerStatus } from "./server_status.ts";

/** How long the heartbeats of servers are waited for: two, and their way. */
const LISTEN_MS = 2_500;
/** How long a server has for its answer. */
const ANSWER_MS = 3_000;
/** Times that servers are asked for their chains at a place before one that they have all applied is given up. */
const ROUNDS = 5;

/** A server of a cluster, as `cluster status` shows it. */
export interface InspectedServer extends KnownServer {
  /** `null` for a server that is not there. */
  readonly status: ServerStatus | null;
  /** Records that the log or another server has, and it has not applied; `null` for a server that is not there. */
  readonly behind: number | null;
}

/** A cluster, as `cluster status` shows it. */
export interface ClusterReport {
  readonly name: string;
  /** `null` where it is gone. */
  readonly log: LogExtent | null;
  /** The place at which the chains are compared. */
  readonly place: number;
  /** In the order of their ids. */
  readonly servers: readonly InspectedServer[];
  /** Whether all known servers are there, apply the log, and have the same chain at the place. */
  readonly isSame: boolean;
}

/** Options of {@link inspectCluster}; each has a default. */
export interface InspectOptions {
  /** How long the heartbeats of servers are waited for, in milliseconds. Default 2,500. */
  readonly listenMs?: number;
}

/**
 * Asks all servers of a cluster what they have applied, and compares their chains at one place: equal chains
 * are the proof that they have applied the same.
 *
 * @throws as the engine does where its log cannot be read, or there is none and no server
 */
export async function inspectCluster(
  engine: Pick<Engine, "log" | "bus">,
  name: string,
  { listenMs = LISTEN_MS }: InspectOptions = {},
): Promise<ClusterReport> {
  const heard = await listenToBeats(engine, name, listenMs);
  const ask = (servers: Iterable<string>, place: number) => askAll(engine, name, servers, place);
  const first = await ask(heard.keys(), 0);
  const known = new Map(first.flatMap(knownOf).map((each) => [each.server, each]));
  let statuses = first;
  let place = 0;
  for (let round = 0; round < ROUNDS; round++) {
    place = Math.min(...statuses.map(({ applied }) => applied));
    if (!Number.isFinite(place)) place = 0;
    statuses = await ask([...heard.keys(), ...known.keys()], place);
    if (statuses.every(({ chainAtPlace }) => chainAtPlace !== null)) break;
  }
  const log = await engine.log.extent().catch((error) => {
    if (isNoLog(error) && statuses.length > 0) return null;
    throw error;
  });
  return reportOf({ name, log, place, known: [...known.values()], statuses });
}

/**
 * The servers that are heard, by their ids, with where each is reached; `null` for one that does not tell, or does not
 * apply the log. All that the first of them knows, or those of a while.
 */
export async function listenToBeats(
  engine: Pick<Engine, "bus">,
  name: string,
  listenMs = LISTEN_MS,
): Promise<ReadonlyMap<string, ServerAddress | null>> {
  const heard = new Map<string, ServerAddress | null>();
  const ending = new AbortController();
  let known: readonly KnownServer[] = [];
  const endIfAll = () => {
    const isAll = known.length > 0 && known.every(({ server }) => heard.has(server));
    if (isAll) ending.abort();
  };
  using _ = engine.bus.subscribe(subjectOf({ name }, "beat"), async ({ payload }) => {
    const server = readBeat(payload, (beat) => decodeServerId(beat, "server"));
    if (server === null) return;
    heard.set(server, readBeat(payload, addressIn));
    if (heard.size === 1) known = (await askAll(engine, name, [server], 0)).flatMap(knownOf);
    endIfAll();
  });
  await pause(listenMs, ending.signal);
  return heard;
}

function knownOf({ known }: ServerStatus): readonly KnownServer[] {
  return known;
}

/** Where a server is reached; `null` if it takes no messages: it knows no link that is made meanwhile. */
function addressIn(beat: Fields): ServerAddress | null {
  return beat.has("stop") ? null : decodeServerAddress(beat);
}

/** `null` for what is no heartbeat, or does not tell it. */
function readBeat<T>(payload: Uint8Array, decode: (beat: Fields) => T): T | null {
  try {
    return decode(decodeMessage(payload));
  } catch {
    return null;
  }
}

async function askAll(
  { bus }: Pick<Engine, "bus">,
  name: string,
  servers: Iterable<string>,
  place: number,
): Promise<ServerStatus[]> {
  const asked = Array.from(
    new Set(servers),
    (server) => askStatus(bus, { name, server }, { place, timeoutMs: ANSWER_MS }).catch(() => null),
  );
  return (await Promise.all(asked)).filter((status) => status !== null);
}

interface Findings extends Pick<ClusterReport, "name" | "log" | "place"> {
  readonly known: readonly KnownServer[];
  readonly statuses: readonly ServerStatus[];
}

function reportOf({ name, log, place, known, statuses }: Findings): ClusterReport {
  const byServer = new Map(statuses.map((status) => [status.server, status]));
  const last = Math.max(log?.last ?? 0, ...statuses.map(({ applied }) => applied));
  const servers = known.map((each) => {
    const status = byServer.get(each.server) ?? null;
    return { ...each, status, behind: status && last - status.applied };
  }).toSorted((a, b) => a.server < b.server ? -1 : 1);
  const chains = new Set(servers.map(({ status }) => status?.chainAtPlace ?? null));
  const isSame = log !== null && servers.length > 0 && chains.size === 1 && !chains.has(null) &&
    servers.every(({ status }) => status?.stop === null);
  return { name, log, place, servers, isSame };
}
