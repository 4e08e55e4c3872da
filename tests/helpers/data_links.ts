import { Connection } from "../../lib/client/connection.ts";
import { Protocol1Client } from "../../lib/client/protocol1_client.ts";
import { DataConnectionPool } from "../../lib/client/data_connection_pool.ts";
import { ClientWorkers } from "../../lib/worker/client_workers.ts";
import { within } from "./deadline.ts";
import { flushTasks } from "./fake_clock.ts";
import { connectedPair, RawPeer } from "./raw_peer.ts";

/** A silent server, and the client's pool of connections to it. */
export class DataConnectionsFixture implements AsyncDisposable {
  /** The server's ends, in the order of opening. */
  readonly peers: RawPeer[] = [];
  /** The number of attempts to open a connection. */
  opened = 0;
  /** The error of opening a connection, if it is to fail. */
  failure: Error | null = null;
  /** A promise that opening waits for. */
  gate: Promise<void> = Promise.resolve();
  readonly links: DataConnectionPool;
  readonly #all: Connection[] = [];

  constructor(limit: number, tripMs: () => number = () => 0) {
    this.links = new DataConnectionPool(() => this.#open(), limit, tripMs);
  }

  /** Uses a connection of the pool until `end`. */
  use(bytes: number): Use {
    return new Use(this.links, bytes);
  }

  /** Uses many connections with the same size. */
  useMany(count: number, bytes: number): Use[] {
    return Array.from({ length: count }, () => this.use(bytes));
  }

  async #open(): Promise<Connection> {
    this.opened++;
    await this.gate;
    if (this.failure !== null) throw this.failure;
    const [peer, conn] = await connectedPair();
    this.peers.push(new RawPeer(peer));
    const link = new Connection(conn, {
      protocol: 1,
      guessMs: 1_000,
      handshakeMs: 10_000,
      silenceMs: null,
      attach: null,
      startWorkers: () => new ClientWorkers(),
      present: true,
      resume: null,
      login: false,
      startProtocol1: (context) => new Protocol1Client(context, () => {}),
      onEvent: () => {},
      onHello: () => {},
      onProtocol1: () => {},
      onUpgrade: () => {},
    });
    this.#all.push(link);
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.links.close();
    for (const link of this.#all) link.close();
    await Promise.all(this.#all.map(({ closed }) => closed));
    for (const peer of this.peers) peer.close();
  }
}

/** A use of a connection that lasts until `end`. */
export class Use {
  /** The connection in use; `null` while waiting for one. */
  link: Connection | null = null;
  readonly #end = Promise.withResolvers<string>();
  readonly #begun = Promise.withResolvers<void>();
  /** The result of the use, or its error. */
  readonly outcome: Promise<unknown>;

  constructor(links: DataConnectionPool, bytes: number) {
    this.outcome = links.use(bytes, (link) => {
      this.link = link;
      this.#begun.resolve();
      return this.#end.promise;
    }).catch((error) => error);
  }

  get isRunning(): boolean {
    return this.link !== null;
  }

  /** Resolves once the use has its connection; rejects with the outcome otherwise. */
  async begun(): Promise<void> {
    const failed = this.outcome.then((outcome) => Promise.reject(outcome));
    failed.catch(() => {}); // It has its connection already
    await within(Promise.race([this.#begun.promise, failed]), "a connection");
  }

  async end(error?: Error): Promise<void> {
    if (error === undefined) this.#end.resolve("done");
    else this.#end.reject(error);
    await this.outcome;
    await flushTasks();
  }
}

/** Resolves once all uses have their connections. */
export function begun(uses: readonly Use[]): Promise<void[]> {
  return Promise.all(uses.map((use) => use.begun()));
}
