import type { DatabaseSync } from "node:sqlite";
import type { Peer } from "../protocol/peers.ts";
import { decodeMessage, encodeMessage } from "./bus_request.ts";
import { type Beat, subjectOf } from "./cluster.ts";
import type { Bus, BusMessage } from "./engine.ts";
import { decodeChecks } from "./file_checks.ts";
import type { ServerAddress } from "./entry.ts";
import { decodeIncarnation, decodeServerId } from "./incarnation.ts";

/** Where a server is reached, as `host:port` tells it. */
export type KnownServer = Omit<ServerAddress, "fingerprint">;

/** What a server tells of itself to another one, or to its operator. */
export interface ServerStatus
  extends Pick<Beat, "incarnation" | "applied" | "clients" | "checks" | "stop"> {
  readonly server: string;
  /** The chain behind what is applied, as it is shown. */
  readonly chain: string;
  /** The chain at the place that was asked for; `null` if it does not know it, or no more. */
  readonly chainAtPlace: string | null;
  /** Copies of files that are missing, on all servers together; `null` if that is not known. */
  readonly copiesMissing: number | null;
  /** How many servers are to have each file, as this one counts: a number, or `all`; `null` if it keeps none. */
  readonly copies: string | null;
  /** The servers that it knows, itself included, in the order of their ids. */
  readonly known: readonly KnownServer[];
}

/** The subject on which a server answers what its status is, without its cluster. */
function statusSubject(server: string): string {
  return `status.${server}`;
}

/** Answers what the status of a server is. Disposal ends that. */
export function answerStatus(
  bus: Bus,
  cluster: { readonly name: string; readonly server: string },
  statusAt: (place: number) => ServerStatus,
): Disposable {
  const answer = (message: BusMessage) => {
    try {
      const place = decodeMessage(message.payload).integer("place");
      message.respond(encodeMessage({ ...statusAt(place) }));
    } catch {
      message.respond(new Uint8Array()); // Its database cannot be read, or the question is malformed
    }
  };
  return bus.subscribe(subjectOf(cluster, statusSubject(cluster.server)), answer);
}

/**
 * Asks a server what its status is.
 *
 * @param place where its chain is asked for
 * @throws {BusError} if it does not answer; {RequestError} if its answer is malformed
 */
export async function askStatus(
  bus: Bus,
  cluster: { readonly name: string; readonly server: string },
  { place, timeoutMs }: { readonly place: number; readonly timeoutMs: number },
): Promise<ServerStatus> {
  const subject = subjectOf(cluster, statusSubject(cluster.server));
  const question = encodeMessage({ place });
  const fields = decodeMessage(await bus.request(subject, question, timeoutMs));
  return {
    server: decodeServerId(fields, "server"),
    incarnation: decodeIncarnation(fields, "incarnation"),
    applied: fields.integer("applied"),
    chain: fields.text("chain"),
    chainAtPlace: fields.optionalText("chainAtPlace") ?? null,
    stop: fields.optionalText("stop") ?? null,
    clients: fields.integer("clients"),
    copiesMissing: fields.optionalInteger("copiesMissing") ?? null,
    copies: fields.optionalText("copies") ?? null,
    checks: decodeChecks(fields),
    known: fields.objects("known").map((each) => ({
      server: decodeServerId(each, "server"),
      host: each.text("host"),
      port: each.integer("port"),
    })),
  };
}

/** The runs of all servers that are not gone, by the log: their incarnations. @throws the errors of SQLite */
export function liveIncarnations(database: DatabaseSync): string[] {
  return database.prepare("SELECT incarnation FROM origins WHERE gone IS NULL").all()
    .map(({ incarnation }) => String(incarnation));
}

/** Servers at the most whose addresses are read, the newest ones. */
const MAX_MEMBERS = 64;

/** Where clients reach the servers that were not forgotten, as these have told last. @throws the errors of SQLite */
export function readMembers(database: DatabaseSync): Peer[] {
  const rows = database.prepare(
    "SELECT host, port, fingerprint FROM servers ORDER BY place DESC LIMIT ?",
  ).all(MAX_MEMBERS);
  return rows.map(({ host, port, fingerprint }) => ({
    host: String(host),
    port: Number(port),
    fingerprint: fingerprint === null ? null : String(fingerprint),
  }));
}

/** The servers that have been in the cluster and were not forgotten. @throws the errors of SQLite */
export function readKnownServers(database: DatabaseSync): KnownServer[] {
  const rows = database.prepare("SELECT id, host, port FROM servers ORDER BY id").all();
  return rows.map(({ id, host, port }) => ({
    server: String(id),
    host: String(host),
    port: Number(port),
  }));
}
