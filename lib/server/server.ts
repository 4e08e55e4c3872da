import type { Account } from "../accounts/account.ts";
import type { Ban, BanOptions } from "../chat/bans.ts";
import type { RoomInfo } from "../chat/rooms.ts";
import { DirectoryStore, type ListedFile } from "../files/directory_store.ts";
import { descriptorLimit } from "../files/system.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { describeFailure, messageOf } from "../protocol/errors.ts";
import { type Socket } from "../stream/socket.ts";
import { acceptConnections, type Listener } from "../stream/listener.ts";
import { type Capacity, planCapacity, reportCapacity } from "./admission/capacity.ts";
import { Maintenance } from "./maintenance/maintenance.ts";
import { ClientSession } from "./session/client_session.ts";
import { openCore, type ServerCore } from "./core.ts";
import { ConnectionLimiter } from "./admission/connection_limiter.ts";
import { openPorts, type ServerPort } from "./ports.ts";
import type { DisconnectReason } from "./config/events.ts";
import type { ServerGauges } from "./monitoring/metrics.ts";
import { type ServerOptions, withDefaults } from "./config/options.ts";
import { TaskGroup } from "../async/task_group.ts";
import type { ServerServices } from "./context/services.ts";
import type { ServerStats } from "./monitoring/stats.ts";

/** How long running transfers may go on after the server was told to stop. */
const STOP_GRACE_MS = 10_000;

/**
 * Starts a server and resolves once it listens.
 *
 * @throws {DiskError} when the folder cannot be had
 * @throws {ConnectionError} when the port cannot be had
 * @throws {CertificateError} when the certificate is of no use
 */
export async function serve(options: ServerOptions = {}): Promise<Server> {
  const settings = withDefaults(options);
  const store = await DirectoryStore.open(settings.root);
  const capacity = planCapacity(settings, descriptorLimit());
  const core = await openCore(settings, store, capacity.workers);
  try {
    const ports = await openPorts(settings, core.services.stats);
    return new Server(core, ports, capacity);
  } catch (error) {
    core.close();
    throw error;
  }
}

/** A client of a {@link Server}, as its operator sees it. */
export interface ClientInfo {
  /** Counts the connections since the start, from 1. */
  readonly id: number;
  /** The name in the chat. */
  readonly nick: string;
  /** IPv4 or IPv6, without the port. */
  readonly address: string;
  /** The account, or `null`. */
  readonly user: string | null;
  /** When it came, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** A running server: the listener, and a session for each client. */
export class Server {
  readonly #core: ServerCore;
  readonly #services: ServerServices;
  readonly #ports: readonly ServerPort[];
  readonly #limiter: ConnectionLimiter;
  readonly #maintenance: Maintenance;
  readonly #sessions = new Map<number, ClientSession>();
  readonly #tasks = new TaskGroup();
  #lastId = 0;
  #stopped: Promise<void> | null = null;

  /** Use {@link serve}. Owns core and ports. */
  constructor(core: ServerCore, ports: readonly ServerPort[], capacity: Capacity) {
    this.#core = core;
    this.#services = core.services;
    this.#ports = ports;
    const { settings } = core.services;
    this.#limiter = new ConnectionLimiter(core.services, capacity);
    for (const port of ports) this.#reportListening(port);
    reportCapacity(capacity, settings);
    for (const { listener } of ports) this.#tasks.add(this.#accept(listener));
    this.#maintenance = new Maintenance({
      services: core.services,
      index: core.index,
      sessions: () => this.#sessions.values(),
      renewCertificate: async () => {
        await Promise.all(ports.map((port) => port.renew()));
      },
    });
    this.#tasks.add(this.#maintenance.run(this.#services.stopping));
  }

  /** The port that it listens on; the first one, if there are several. */
  get port(): number {
    return this.#ports[0]?.listener.address.port ?? 0;
  }

  /** Running totals. */
  get stats(): Readonly<ServerStats> {
    return this.#services.stats;
  }

  /** How it does now. @param memoryBytes what the process takes */
  gauges(memoryBytes: number): ServerGauges {
    const sessions = [...this.#sessions.values()];
    const { mostMs, meanMs } = this.#maintenance.lag.lastMinute;
    const clients = sessions.filter(({ isData }) => !isData).length;
    return {
      clients,
      dataConnections: sessions.length - clients,
      rooms: this.#services.hub.roomCount,
      workersBusy: this.#services.pool.busyCount,
      workersWanted: this.#services.pool.waitingCount,
      queuedBytes: sessions.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0),
      memoryBytes,
      lagMostMs: mostMs,
      lagMeanMs: meanMs,
    };
  }

  /** The clients as they are now, oldest first. */
  get clients(): readonly ClientInfo[] {
    const sessions = [...this.#sessions.values()].filter(({ isData }) => !isData);
    return sessions.map(({ id, nick, address, user, sinceMs }) => {
      return { id, nick, address, user, sinceMs };
    });
  }

  /** The files that clients can ask for. */
  files(): AsyncIterable<ListedFile> {
    return this.#services.store.walk();
  }

  /** Says something to all clients, in the name of the server. */
  announce(text: string): void {
    this.#services.hub.notice(text);
  }

  /** All accounts. */
  accounts(): Account[] {
    return this.#services.accounts.list();
  }

  /** The rooms that somebody is in, the largest first. */
  rooms(): RoomInfo[] {
    return this.#services.hub.rooms();
  }

  /**
   * Says something in a room, in the name of the server.
   *
   * @throws {RequestError} `not-found` when nobody is in
   */
  async say(room: string, text: string): Promise<void> {
    await this.#services.hub.sayAsServer(room, text);
  }

  /**
   * Lets an address or a nick in no more, and tells those to go who are in by it.
   *
   * @param notice what they are told
   * @returns the ban, and those who had to go
   */
  ban(
    addressOrNick: string,
    notice: string,
    options: BanOptions = {},
  ): { readonly ban: Ban; readonly kicked: readonly ClientInfo[] } {
    const ban = this.#services.bans.ban(addressOrNick, options);
    const isMeant = ({ address, nick }: ClientInfo) =>
      ban.kind === "address" ? address === ban.subject : foldNick(nick) === ban.subject;
    const kicked = this.clients.filter(isMeant);
    for (const { id } of kicked) this.kick(String(id), notice);
    return { ban, kicked };
  }

  /** Lifts a ban; `false` when there is none. */
  unban(addressOrNick: string): boolean {
    return this.#services.bans.unban(addressOrNick);
  }

  /** All bans, the oldest first. */
  bans(): Ban[] {
    return this.#services.bans.list();
  }

  /**
   * Tells a client to go.
   *
   * @param client its number or its nick
   * @returns whether there is such a client
   */
  kick(client: string, notice: string): boolean {
    const session = this.#sessions.values()
      .find(({ id, nick, isData }) =>
        !isData && (String(id) === client || foldNick(nick) === foldNick(client))
      );
    if (session === undefined) return false;
    this.#tasks.add(session.kick(notice));
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
    const { settings, hub } = this.#services;
    for (const { listener } of this.#ports) listener.close();
    this.#core.stop();
    for (const session of this.#sessions.values()) {
      session.announceStop(notice ?? describeFailure("shutting-down", settings.language));
    }
    hub.shutdown();
    const grace = setTimeout(() => {
      for (const session of this.#sessions.values()) session.close("shutting-down");
    }, STOP_GRACE_MS);
    const sessions = [...this.#sessions.values()];
    await Promise.all(sessions.map((session) => session.drain("shutting-down")));
    clearTimeout(grace);
    this.#core.close();
    await this.#tasks.idle();
    settings.onEvent({ event: "stopped" });
  }

  #reportListening({ listener, fingerprint }: ServerPort): void {
    const { settings, store } = this.#services;
    settings.onEvent({
      event: "listening",
      host: settings.hostname,
      port: listener.address.port,
      tls: fingerprint !== null,
      ...(fingerprint !== null && { fingerprint }),
      root: store.root,
    });
  }

  #accept(listener: Listener): Promise<void> {
    return acceptConnections(
      listener,
      (socket) => this.#onConnection(socket),
      (error) => this.#onError(error),
    );
  }

  #onConnection(socket: Socket): void {
    const refusal = this.#limiter.admit(socket);
    if (refusal !== null) return this.#tasks.add(refusal);
    const { settings, stats } = this.#services;
    const session = new ClientSession(++this.#lastId, socket, this.#services);
    const { id, address } = session;
    this.#sessions.set(id, session);
    stats.connections++;
    settings.onEvent({ event: "connected", client: id, address, protocol: 1 });
    this.#tasks.begin();
    session.run().then((reason) => this.#onGone(session, reason));
  }

  #onGone({ id, address }: ClientSession, reason: DisconnectReason): void {
    this.#sessions.delete(id);
    this.#limiter.release(address);
    this.#tasks.end();
    this.#services.settings.onEvent({ event: "disconnected", client: id, reason });
  }

  #onError(error: unknown): void {
    this.#services.settings.onEvent({ event: "error", message: messageOf(error) });
  }
}
