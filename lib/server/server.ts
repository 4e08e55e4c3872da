import { Lobby } from "../chat/lobby.ts";
import { DirectoryStore, type ListedFile } from "../files/directory_store.ts";
import { descriptorLimit } from "../files/descriptor_limit.ts";
import { HashIndex } from "../files/hash_index.ts";
import { describeFailure, type FailCode } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { closeSocket, formatAddress } from "../stream/framed_connection.ts";
import { acceptConnections, listenTcp } from "../stream/tcp.ts";
import { FileHashes } from "../transfer/file_hashes.ts";
import { WorkerPool } from "../worker/worker_pool.ts";
import { Admission } from "./admission.ts";
import { type Capacity, planCapacity } from "./capacity.ts";
import { ClientSession } from "./client_session.ts";
import { indexLargeFiles } from "./indexer.ts";
import { NOTICES } from "./notices.ts";
import { type ServerOptions, type ServerSettings, withDefaults } from "./options.ts";
import type { ServerServices } from "./services.ts";
import { openState } from "./state.ts";
import { newStats, type ServerStats } from "./stats.ts";

/** How often the pace of the clients is checked. */
const CHECK_MS = 1_000;
/** How long running transfers may go on after the server was told to stop. */
const STOP_GRACE_MS = 10_000;

/**
 * Starts a server and resolves once it listens.
 *
 * @throws {DiskError} when the folder cannot be had
 * @throws {ConnectionError} when the port cannot be had
 */
export async function serve(options: ServerOptions = {}): Promise<Server> {
  const settings = withDefaults(options);
  const store = await DirectoryStore.open(settings.root);
  const listener = listenTcp(settings);
  return new Server(settings, store, listener);
}

/** A client of a {@link Server}, as its operator sees it. */
export interface ClientInfo {
  /** Counts the connections since the start, from 1. */
  readonly id: number;
  /** The name in the chat. */
  readonly nick: string;
  /** IPv4 or IPv6, without the port. */
  readonly address: string;
  /** When it came, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** A running server: the listener, and a session for each client. */
export class Server {
  readonly #services: ServerServices;
  readonly #listener: Deno.TcpListener;
  readonly #admission: Admission;
  readonly #sessions = new Map<number, ClientSession>();
  readonly #running = new Set<Promise<void>>();
  readonly #indexing = new AbortController();
  #lastId = 0;
  #stopped: Promise<void> | null = null;

  /** Use {@link serve}. Owns the listener. */
  constructor(settings: ServerSettings, store: DirectoryStore, listener: Deno.TcpListener) {
    this.#listener = listener;
    const capacity = planCapacity(settings, descriptorLimit());
    this.#admission = new Admission(capacity, settings.maxPerAddress);
    settings.onEvent({
      event: "listening",
      host: settings.hostname,
      port: this.port,
      tls: false,
      root: store.root,
    });
    tellCapacity(capacity, settings);
    const database = openState(settings);
    const index = new HashIndex(database);
    const pool = new WorkerPool(capacity.workers);
    const hashes = new FileHashes(index, pool, (error) => this.#onError(error));
    const lobby = new Lobby();
    this.#services = { settings, store, hashes, pool, lobby, stats: newStats() };
    this.#track(this.#accept());
    this.#track(this.#checkPace());
    const indexed = settings.files
      ? indexLargeFiles(store, hashes, index, this.#indexing.signal)
      : Promise.resolve();
    this.#track(indexed.catch((error) => this.#onError(error)));
    this.#closeState = () => {
      pool.close();
      database.close();
    };
  }

  readonly #closeState: () => void;

  /** The port that it listens on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Running totals. */
  get stats(): Readonly<ServerStats> {
    return this.#services.stats;
  }

  /** Threads at work now. */
  get busyWorkers(): number {
    return this.#services.pool.busyCount;
  }

  /** The clients, oldest first. */
  get clients(): readonly ClientInfo[] {
    return [...this.#sessions.values()];
  }

  /** The files that clients can ask for. */
  files(): AsyncIterable<ListedFile> {
    return this.#services.store.walk();
  }

  /** Says something to all clients, in the name of the server. */
  announce(text: string): void {
    this.#services.lobby.announce(text);
  }

  /**
   * Tells a client to go.
   *
   * @param client its number or its nick
   * @returns whether there is such a client
   */
  kick(client: string, notice: string): boolean {
    const session = this.#sessions.values()
      .find(({ id, nick }) => String(id) === client || nick === client);
    if (session === undefined) return false;
    this.#track(session.kick(notice));
    return true;
  }

  /**
   * Stops: nobody new comes in, clients are told, running transfers get ten seconds. Resolves when
   * everything is closed; repeated calls wait for the same.
   *
   * @param notice what clients are told
   */
  stop(notice?: string): Promise<void> {
    this.#stopped ??= this.#stop(notice);
    return this.#stopped;
  }

  async #stop(notice?: string): Promise<void> {
    const { settings } = this.#services;
    closeSocket(this.#listener);
    this.#indexing.abort();
    for (const session of this.#sessions.values()) {
      session.notify(notice ?? describeFailure("shutting-down", settings.language));
      session.refuseRequests();
    }
    const grace = setTimeout(() => {
      for (const session of this.#sessions.values()) session.close("shutting-down");
    }, STOP_GRACE_MS);
    await Promise.all([...this.#sessions.values()].map(async (session) => {
      await session.idle();
      await session.finish("shutting-down");
    }));
    clearTimeout(grace);
    this.#closeState();
    await Promise.all(this.#running);
    settings.onEvent({ event: "stopped" });
  }

  /** Keeps hold of background work until it is over. */
  #track(work: Promise<void>): void {
    this.#running.add(work);
    work.finally(() => this.#running.delete(work));
  }

  #accept(): Promise<void> {
    return acceptConnections(
      this.#listener,
      (conn) => this.#onConnection(conn),
      (error) => this.#onError(error),
    );
  }

  #onConnection(conn: Deno.Conn): void {
    const address = formatAddress(conn.remoteAddr);
    if (!this.#admission.enter(address)) return this.#refuse(conn, address, "server-full");
    this.#track(this.#runSession(new ClientSession(++this.#lastId, conn, this.#services)));
  }

  async #runSession(session: ClientSession): Promise<void> {
    const { settings, stats } = this.#services;
    const { id, address } = session;
    this.#sessions.set(id, session);
    stats.connections++;
    settings.onEvent({ event: "connected", client: id, address, protocol: 1 });
    const reason = await session.run();
    this.#sessions.delete(id);
    this.#admission.leave(address);
    settings.onEvent({ event: "disconnected", client: id, reason });
  }

  #refuse(conn: Deno.Conn, address: string, code: FailCode): void {
    const { settings, stats } = this.#services;
    stats.refusals++;
    settings.onEvent({ event: "refused", client: null, address, code });
    const frame = encodeFrame("FERR", describeFailure(code, settings.language));
    this.#track(this.#admission.refuse(conn, frame));
  }

  async #checkPace(): Promise<void> {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      for (const session of this.#sessions.values()) session.checkPace(nowMs);
    }, CHECK_MS);
    await new Promise((resolve) => {
      this.#indexing.signal.addEventListener("abort", resolve, { once: true });
    });
    clearInterval(timer);
  }

  #onError(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#services.settings.onEvent({ event: "error", message });
  }
}

/**
 * Says so where the system leaves room for less than what was wished. The default is no wish: it
 * means as many as there is room for.
 */
function tellCapacity(
  { clients }: Capacity,
  { maxClients, language, onEvent }: ServerSettings,
): void {
  if (clients === maxClients || maxClients === LIMITS.clients) return;
  onEvent({ event: "error", message: NOTICES[language].capacity(clients, maxClients) });
}
