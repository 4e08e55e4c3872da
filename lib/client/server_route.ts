import { ConnectionError } from "../protocol/errors.ts";
import type { Peer } from "../protocol/peers.ts";
import { type Endpoint, formatEndpoint } from "../stream/endpoint.ts";
import type { Chat } from "./chat.ts";
import type { Cluster } from "./chat_results.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { connectTimeoutMs } from "./connect_timeout.ts";
import { isLateHello } from "./late_hello.ts";
import { trustPeer } from "./trust_peer.ts";

/** How long each of several servers may take to answer, before the next one is tried. */
const TURN_MS = 1_500;

/** Codes of a server that is not there, or takes no client now: another one may. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  "refused",
  "unreachable",
  "timeout",
  "lost",
  "rejected",
]);

/** A connection as its route uses it. */
export interface RoutedClient {
  readonly protocol: 1 | 2;
  readonly chat: Pick<Chat, "cluster" | "isServerStopping">;
}

/** A server to try. */
interface Candidate extends Endpoint {
  /** What the former server has told of it; `null` for one that the options name. */
  readonly peer: Peer | null;
}

/**
 * The servers that a client may go on at: those of the options, and the peers of the last one in its cluster.
 * After a loss the same server comes first, unless it stops or says nothing, then its peers in random order, then
 * those of the options.
 */
export class ServerRoute<C extends RoutedClient> {
  readonly #options: ConnectOptions;
  readonly #connect: (options: ConnectOptions) => Promise<C>;
  readonly #given: readonly Candidate[];
  /** The client that was connected last. */
  #client: C | null;
  /** Where that was. */
  #current: Candidate;
  /** Whether a server has answered HELO: none is taken for one of protocol 1 any more. */
  #isProtocol2 = false;

  /**
   * @param connect connects to one server
   * @param client of a connection to the first server of the options that was made before; `null` for none
   */
  constructor(
    options: ConnectOptions,
    connect: (options: ConnectOptions) => Promise<C>,
    client: C | null = null,
  ) {
    const { hostname, port, hosts = [] } = options;
    this.#options = options;
    this.#connect = connect;
    this.#client = client;
    this.#given = [{ hostname, port }, ...hosts].map((host) => ({ ...host, peer: null }));
    this.#current = { hostname, port, peer: null };
  }

  /** Where the last connection was made; before the first, the first server of the options. */
  get current(): Endpoint {
    const { hostname, port } = this.#current;
    return { hostname, port };
  }

  /**
   * Connects to the first server that takes the client.
   *
   * @param more options of this connection
   * @param loss the end of the last connection; absent for the first one
   * @throws {ConnectionError} the most telling one, if no server takes it; what else `connect` throws
   */
  async connect(more: Partial<ConnectOptions> = {}, loss: unknown = null): Promise<C> {
    this.#isProtocol2 ||= isLateHello(loss) || this.#client?.protocol === 2;
    const candidates = this.#candidates(loss);
    const [only, second] = candidates;
    if (only !== undefined && second === undefined) return await this.#try(only, more);
    return await this.#tryAll(candidates, more);
  }

  /** Gives each server a short time, then all of it to those that it was too short for. */
  async #tryAll(candidates: readonly Candidate[], more: Partial<ConnectOptions>): Promise<C> {
    const limitMs = connectTimeoutMs(this.#options);
    const { signal = this.#options.signal } = more;
    const isFirst = this.#client === null;
    const errors: unknown[] = [];
    let slow: readonly Candidate[] = candidates;
    for (const connectMs of [Math.min(TURN_MS, limitMs), limitMs]) {
      const tried = slow;
      slow = [];
      for (const candidate of tried) {
        try {
          return await this.#try(candidate, { ...more, connectMs });
        } catch (error) {
          if (!mayPassOver(error, isFirst) || signal?.aborted) throw error;
          errors.push(error);
          if (codeOf(error) === "timeout") slow = [...slow, candidate];
        }
      }
    }
    throw errors.find((error) => !isAbsent(error)) ?? errors[0];
  }

  async #try(candidate: Candidate, more: Partial<ConnectOptions>): Promise<C> {
    const { hostname, port, peer } = candidate;
    const { hosts: _, ...options } = this.#options;
    const tls = await trustPeer(options.tls, peer);
    const client = await this.#connect({
      ...options,
      hostname,
      port,
      ...(tls !== undefined && { tls }),
      ...(this.#isProtocol2 && { protocol: 2 }),
      ...more,
    });
    this.#client = client;
    this.#current = candidate;
    return client;
  }

  /** The servers in the order in which they are tried, each once. @param loss the end of the last connection */
  #candidates(loss: unknown): readonly Candidate[] {
    if (this.#client === null) return this.#given;
    const current = this.#current;
    const { cluster, isServerStopping } = this.#client.chat;
    const peers = this.#options.peers === false ? [] : othersOf(cluster);
    const places = new Set([formatEndpoint(current)]);
    const others = [...peers, ...this.#given].filter((each) => {
      const isNew = !places.has(formatEndpoint(each));
      places.add(formatEndpoint(each));
      return isNew;
    });
    return isServerStopping || codeOf(loss) === "timeout"
      ? [...others, current]
      : [current, ...others];
  }
}

/** The peers of the server that answered, which comes first, in random order. */
function othersOf(cluster: Cluster | null): Candidate[] {
  const peers = cluster?.peers.slice(1) ?? [];
  return peers.map((peer) => ({ turn: Math.random(), peer }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ peer }) => ({ hostname: peer.host, port: peer.port, peer }));
}

/** Whether the next server is tried. At first, no other one takes the place of one that cannot be trusted. */
function mayPassOver(error: unknown, isFirst: boolean): boolean {
  if (!(error instanceof ConnectionError) || error.requestCode === "denied") return false;
  return !isFirst || PASSED_OVER.has(error.code);
}

function isAbsent(error: unknown): boolean {
  return PASSED_OVER.has(codeOf(error) ?? "") && codeOf(error) !== "rejected";
}

function codeOf(error: unknown): string | null {
  return error instanceof ConnectionError ? error.code : null;
}
