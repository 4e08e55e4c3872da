import type { Account } from "../accounts/account.ts";
import { nextTurn } from "../async/next_turn.ts";
import { TaskGroup } from "../async/task_group.ts";
import { type BanOptions, bansAddress, banTarget } from "../chat/bans.ts";
import type { Ban } from "../chat/ban.ts";
import type { ListedFile } from "../files/served_walk.ts";
import type { RoomInfo, Topic } from "../protocol/chat_answers.ts";
import { foldNick } from "../protocol/chat_names.ts";
import { reportCapacity } from "./admission/capacity.ts";
import type { Announcer } from "./announcer.ts";
import { checksOf } from "./checks_of.ts";
import { Connections } from "./connections.ts";
import { poolLooks } from "./context/pool_looks.ts";
import type { ServerServices } from "./context/services.ts";
import { type ClientInfo, isBanned, type OtherClient, otherClientOf } from "./client_info.ts";
import type { ServerCore } from "./core.ts";
import { gaugesOf } from "./gauges.ts";
import { Maintenance } from "./maintenance/maintenance.ts";
import type { ClusterGauges } from "../protocol/cluster_gauges.ts";
import type { ServerGauges } from "./monitoring/metrics.ts";
import type { ServerStats } from "./monitoring/stats.ts";
import { reportListening } from "./open_ports.ts";
import type { ServerParts } from "./server_parts.ts";
import type { ServerPort } from "./server_port.ts";
import type { ClientSession } from "./session/client_session.ts";
import { type StopOptions, stopServer } from "./stop_server.ts";
import type { RateLimits } from "../stream/rate_limits.ts";

/** Clients of a ban that are disconnected in one turn: some milliseconds of work. */
const KICKED_AT_ONCE = 64;

/** A running server: its listeners, and a session for each connection. */
export class Server {
  readonly #core: ServerCore;
  readonly #services: ServerServices;
  readonly #ports: readonly ServerPort[];
  readonly #connections: Connections;
  readonly #maintenance: Maintenance;
  readonly #tasks = new TaskGroup();
  readonly #announcer: Announcer | null;
  #stopped: Promise<void> | null = null;

  /** Use {@link serve}. Owns core and ports. */
  constructor({ core, ports, capacity, web, announcer }: ServerParts) {
    this.#core = core;
    this.#services = core.services;
    this.#ports = ports;
    this.#announcer = announcer;
    const { services, services: { settings, hub } } = core;
    const { port } = this;
    const fingerprint = ports[0]?.fingerprint ?? null;
    this.#connections = new Connections({ services, capacity, web, port, fingerprint });
    hub.others.onKick((id, notice) => this.#kickSession(this.#connections.session(id), notice));
    core.services.banKeeper.onBan((ban, notice) => this.#enforce(ban, notice));
    core.services.linkKeeper.onRevoke(() => core.services.access.recheck());
    for (const port of ports) reportListening(port, core.services, web);
    reportCapacity(capacity, settings);
    for (const { listener } of ports) this.#tasks.add(this.#connections.accept(listener));
    this.#maintenance = new Maintenance({
      services: core.services,
      index: core.index,
      keeper: core.keeper,
      sessions: () => this.#connections.sessions(),
      onCheck: (nowMs) => this.#connections.web?.front?.checkDeadlines(nowMs),
      renewCertificate: async () => {
        await Promise.all(ports.map((port) => port.renew()));
        await announcer?.renew();
      },
    });
    this.#tasks.add(this.#maintenance.run(this.#services.stopping));
  }

  /** The TCP port of the first listener. */
  get port(): number {
    return this.#ports[0]?.listener.address.port ?? 0;
  }

  /** The totals since the start. */
  get stats(): Readonly<ServerStats> {
    return this.#services.stats;
  }

  /** The current state in figures. @param memoryBytes resident memory of the process */
  gauges(memoryBytes: number): ServerGauges {
    const { cluster } = this;
    return gaugesOf(this.#services, this.#connections, this.#maintenance, { memoryBytes, cluster });
  }

  /** How this server stands to its cluster; `null` if it is alone. */
  get cluster(): ClusterGauges | null {
    const { joined, keeper, services: { hub, stats } } = this.#core;
    return joined && joined.gauges({
      fetchedBytes: stats.fetchedBytes,
      scrubbedBytes: stats.scrubbedBytes,
      ...checksOf(this.#services),
      remoteMembers: hub.others.count,
      conflicts: keeper?.conflicts ?? 0,
    });
  }

  /** Limits of file data in each direction; a change holds for what is under way, too. */
  get rateLimits(): RateLimits {
    return this.#services.bandwidth.limits;
  }
  /** @throws {RangeError} for less than 16,384 */
  set rateLimits(limits: RateLimits) {
    this.#services.bandwidth.limits = limits;
  }

  /** A copy of the list of clients, oldest first. Data connections are not listed. */
  get clients(): readonly ClientInfo[] {
    const sessions = [...this.#connections.sessions()].filter(({ isData }) => !isData);
    return sessions.map(({ id, address, sinceMs, identity: { nick, user } }) => {
      return { id, nick, address, user, sinceMs };
    });
  }

  /** A copy of the list of the clients in the chat of the other servers of the cluster. */
  get otherClients(): readonly OtherClient[] {
    return this.#services.hub.others.list().map(otherClientOf);
  }

  /** The served files. */
  files(): AsyncIterable<ListedFile> {
    return this.#services.store.walk(poolLooks(this.#services));
  }

  /**
   * Reads the rules and the TLS certificate again, at once instead of within seconds and days. What
   * cannot be used is reported as an event `error`, and the old ones stay in force. Never rejects.
   */
  async reload(): Promise<void> {
    await this.#maintenance.reload();
  }

  /** Sends a notice of the server to all clients, in a cluster to those of all servers. */
  announce(text: string): void {
    this.#services.hub.announce(text);
  }

  /** All accounts. */
  accounts(): Account[] {
    return this.#services.accounts.list();
  }

  /** The rooms with members, the largest first, then the empty ones that have messages. */
  rooms(): RoomInfo[] {
    return this.#services.hub.allRooms();
  }

  /**
   * Sets the topic of a room with members or messages; `""` removes it. Returns it as it is kept.
   *
   * @throws {RequestError} `not-found` if there is no such room, `bad-request` for a malformed text
   */
  async setTopic(room: string, text: string): Promise<Topic | null> {
    return await this.#services.hub.topics.setAsServer(room, text);
  }

  /**
   * Sends a message of the server to a room.
   *
   * @throws {RequestError} `not-found` if there is no such room
   *
   * @example Tell a room something
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * await server.say("lobby", "The backup begins at 22:00");
   * ```
   */
  async say(room: string, text: string): Promise<void> {
    await this.#services.hub.sayAsServer(room, text);
  }

  /**
   * Bans an address, a network such as `10.1.0.0/16` or `10.1.*`, or a nick and the account of that name, and kicks the clients that have it;
   * in a cluster on all its servers.
   *
   * @param notice the text for these clients
   * @returns the ban, and the kicked clients of this server
   * @throws {RequestError} `bad-request` for a text that is none of these; `busy` if the cluster cannot be reached
   */
  async ban(
    addressOrNick: string,
    notice: string,
    options: BanOptions = {},
  ): Promise<{ readonly ban: Ban; readonly kicked: readonly ClientInfo[] }> {
    const kicked = this.clientsOf(addressOrNick);
    const ban = await this.#services.banKeeper.ban(addressOrNick, notice, options);
    return { ban, kicked };
  }

  #enforce(ban: Ban, notice: string): void {
    this.#tasks.add(this.#kickBanned(ban, notice));
    this.#services.access.recheck();
    this.#connections.web?.front?.closeAddresses((address) =>
      ban.kind === "address" && bansAddress(ban, address)
    );
  }

  /** A network can have thousands of clients: others have their turn meanwhile. */
  async #kickBanned(ban: Ban, notice: string): Promise<void> {
    const banned = this.clients.filter((client) => isBanned(client, ban));
    for (const [i, { id }] of banned.entries()) {
      if (i > 0 && i % KICKED_AT_ONCE === 0) await nextTurn();
      this.#kickSession(this.#connections.session(id), notice);
    }
  }

  /** The clients that a ban would disconnect. @param addressOrNick as {@link ban} takes it */
  clientsOf(addressOrNick: string): ClientInfo[] {
    const target = banTarget(addressOrNick);
    return this.clients.filter((client) => isBanned(client, target));
  }

  /** Lifts a ban; `false` if there is none. @throws {RequestError} as `ban` does */
  unban(addressOrNick: string): Promise<boolean> {
    return this.#services.banKeeper.unban(addressOrNick);
  }

  /** All bans, oldest first. */
  bans(): Ban[] {
    return this.#services.bans.list();
  }

  /** The client of a number, else of a nick; `null` if there is none. No nick looks like a number. */
  find(client: string): ClientInfo | null {
    return this.clients.find(({ id }) => String(id) === client) ??
      this.clients.find(({ nick }) => foldNick(nick) === foldNick(client)) ?? null;
  }

  /**
   * Disconnects a client with a notice.
   *
   * @param client the number or the nick of the client, as `find` takes them
   * @returns whether there is such a client
   *
   * @example Remove a client
   * ```ts
   * import { connect, serve } from "@tcp-chat/tcp-chat";
   *
   * await using server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * await using client = await connect({ hostname: "localhost", port: server.port });
   * server.kick(client.chat.nick ?? "", "Until tomorrow");
   * ```
   */
  kick(client: string, notice: string): boolean {
    return this.#kickSession(this.#connections.session(this.find(client)?.id ?? 0), notice);
  }

  /** Has another server disconnect its client, if one has the nick. @throws {RequestError} `busy` if it does not answer */
  async kickOther(nick: string, notice: string): Promise<boolean> {
    return await this.#services.hub.others.kick(nick, notice);
  }

  /**
   * Stops the server: closes the listeners, notifies the clients, and leaves transfers under way some time.
   * Resolves when everything is closed; repeated calls wait for the same.
   *
   * @param notice the text for the clients. Default: the text of `shutting-down`
   * @throws {DOMException} `TimeoutError` where not all is closed in time, such as files on a disk that does not
   * answer: the end of the process closes them
   *
   * @example Stop at once
   * ```ts
   * import { serve } from "@tcp-chat/tcp-chat";
   *
   * const server = await serve({ port: 0, root: await Deno.makeTempDir() });
   * await server.stop("The machine is switched off", { graceMs: 0 });
   * ```
   */
  stop(notice?: string, options: StopOptions = {}): Promise<void> {
    const server = {
      core: this.#core,
      ports: this.#ports,
      connections: this.#connections,
      tasks: this.#tasks,
      announcer: this.#announcer,
    };
    return this.#stopped ??= stopServer(server, notice, options);
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #kickSession(session: ClientSession | undefined, notice: string): boolean {
    if (session !== undefined) this.#tasks.add(session.kick(notice));
    return session !== undefined;
  }
}
