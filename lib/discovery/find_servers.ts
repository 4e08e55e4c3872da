import type { Socket } from "node:dgram";
import { KeyCounts } from "../async/key_counts.ts";
import { pause } from "../async/pause.ts";
import { onAbort } from "../async/on_abort.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import { formatEndpoint } from "../stream/endpoint.ts";
import { type AnnouncedService, decodeServices, encodeQuestion } from "./mdns_packet.ts";
import { MDNS, openMulticastSocket } from "./multicast_socket.ts";
import { isNear, type OwnNetwork, ownNetworks } from "./networks.ts";

/** A server that was found: what it says of itself, which is a hint and no proof. */
export interface FoundServer {
  /** For people: one line of at most 63 bytes, safe for a terminal. May be empty. */
  readonly name: string;
  /** Whether it speaks TLS. */
  readonly tls: boolean;
  /** SHA-256 of its key in hex, lower case, as it claims; `null` without TLS. */
  readonly fingerprint: string | null;
  /** Whether it requires a login. */
  readonly login: boolean;
  /** An IPv4 address in a network of this machine. */
  readonly address: string;
  /** Its TCP port. */
  readonly port: number;
  /** From the question to the answer. */
  readonly ms: number;
}

/** How long to search. */
export interface FindOptions {
  /** Time of the search. Default 2 s. */
  readonly timeoutMs?: number;
  /** Ends the search when no new server answers for this long, … Default: never. */
  readonly settledMs?: number;
  /** … but not before this. Default 1 s. */
  readonly minimumMs?: number;
  /** Ends the search; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * When to ask, and whether for answers to this machine alone (RFC 6762, section 5.4). Some firewalls let
 * only answers to all through, some responders take one kind of question for the other, and packets are
 * lost: both kinds are asked, twice.
 */
const QUESTIONS = [
  { atMs: 0, isUnicast: true },
  { atMs: 250, isUnicast: true },
  { atMs: 700, isUnicast: false },
  { atMs: 1_500, isUnicast: false },
] as const;

/**
 * Finds the servers of the local network that announce themselves by multicast DNS. Nothing that they
 * say is proven: connect with the fingerprint that is trusted, never with one from here alone.
 *
 * Packets are read to a bounded length. At most 64 servers are found, and at most 8 of those that one other
 * machine announces from an address.
 *
 * @throws {ConnectionError} `unusable` if no interface can be used; the reason of the signal
 *
 * @example List the servers nearby
 * ```ts
 * import { findServers } from "@tcp-chat/tcp-chat";
 *
 * for await (const { name, address, port } of findServers({ timeoutMs: 1_000 })) {
 *   console.log(name, address, port);
 * }
 * ```
 */
export async function* findServers(options: FindOptions = {}): AsyncGenerator<FoundServer> {
  const { signal } = options;
  signal?.throwIfAborted();
  const networks = ownNetworks();
  const sockets = await openSockets(networks);
  const search = new Search(networks, options);
  const ended = new AbortController();
  using _ = onAbort(signal, () => search.end());
  try {
    for (const socket of sockets) listen(socket, search);
    askRepeatedly(sockets, ended.signal);
    yield* search.found();
    signal?.throwIfAborted();
  } finally {
    ended.abort();
    search.end();
    for (const socket of sockets) socket.close();
  }
}

async function openSockets(networks: readonly OwnNetwork[]): Promise<Socket[]> {
  const opened = await Promise.allSettled(
    networks.map(({ address }) => openMulticastSocket(address)),
  );
  const sockets = opened.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
  if (sockets.length > 0) return sockets;
  const failed = opened.find((each) => each.status === "rejected");
  const cause = failed?.reason ?? new Error("no interface has an IPv4 address");
  const address = formatEndpoint(MDNS);
  throw new ConnectionError("unusable", `Cannot listen on ${address}`, { cause, address });
}

function listen(socket: Socket, search: Search): void {
  socket.on("error", () => {}); // An interface may go; the others still find
  socket.on("message", (packet, { address, port }) => {
    if (port !== MDNS.port) return; // RFC 6762, section 6
    for (const service of decodeServices(packet)) search.hear(service, address);
  });
}

async function askRepeatedly(sockets: readonly Socket[], ended: AbortSignal): Promise<void> {
  const startMs = performance.now();
  for (const { atMs, isUnicast } of QUESTIONS) {
    await pause(startMs + atMs - performance.now(), ended);
    if (ended.aborted) return;
    const question = encodeQuestion(isUnicast);
    for (const socket of sockets) socket.send(question, MDNS.port, MDNS.hostname, () => {});
  }
}

/** The servers that one search has found, each of which it hands out once. */
class Search {
  readonly #networks: readonly OwnNetwork[];
  readonly #startMs = performance.now();
  readonly #settledMs: number;
  readonly #minimumMs: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #known = new Set<string>();
  /** How many of them each source has announced. */
  readonly #countOf = new KeyCounts<string>();
  #settledTimer: ReturnType<typeof setTimeout> | undefined;
  #waiting: FoundServer[] = [];
  #isEnded = false;
  #wake = Promise.withResolvers<void>();

  constructor(networks: readonly OwnNetwork[], options: FindOptions) {
    const { timeoutMs = LIMITS.discoveryMs, settledMs = Infinity, minimumMs = 1_000 } = options;
    this.#networks = networks;
    this.#settledMs = settledMs;
    this.#minimumMs = minimumMs;
    this.#timer = setTimeout(() => this.end(), timeoutMs);
    this.#settleAfter(minimumMs);
  }

  /** The servers, as they are found, until the search ends. */
  async *found(): AsyncGenerator<FoundServer> {
    for (;;) {
      const waiting = this.#waiting;
      this.#waiting = [];
      yield* waiting;
      if (this.#waiting.length > 0) continue;
      if (this.#isEnded) return;
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
  }

  /** Takes an answer. @param source the address that it came from */
  hear({ instance, port, text, addresses }: AnnouncedService, source: string): void {
    const address = [source, ...addresses].find((each) => isNear(each, this.#networks));
    if (address === undefined) return;
    // This machine answers on each of its interfaces. Of others, none takes the place of another
    const key = `${instance} ${port} ${this.#isOwn(address) ? "" : address}`;
    if (this.#isEnded || this.#known.has(key) || !this.#mayAdd(source)) return;
    this.#known.add(key);
    const elapsedMs = performance.now() - this.#startMs;
    this.#waiting.push({ ...text, address, port, ms: Math.round(elapsedMs) });
    this.#settleAfter(Math.max(this.#settledMs, this.#minimumMs - elapsedMs));
    if (this.#known.size === LIMITS.foundServers) this.end();
    this.#wake.resolve();
  }

  /** Counts a server of a source. `false` if that has announced too many: it must not hide the others. */
  #mayAdd(source: string): boolean {
    const isFull = this.#countOf.of(source) >= LIMITS.foundServersOfAddress;
    if (isFull && !this.#isOwn(source)) return false;
    this.#countOf.increment(source);
    return true;
  }

  #isOwn(address: string): boolean {
    return this.#networks.some((network) => network.address === address);
  }

  /** Ends the search. What waits is still handed out. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#settledTimer);
    this.#wake.resolve();
  }

  #settleAfter(ms: number): void {
    clearTimeout(this.#settledTimer);
    if (this.#settledMs !== Infinity) this.#settledTimer = setTimeout(() => this.end(), ms);
  }
}
