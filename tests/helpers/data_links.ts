import { DataConnectionPool } from "../../lib/client/data_connection_pool.ts";
import { Connection } from "../../lib/client/connection.ts";
import { within } from "./deadline.ts";
import { settled } from "./fake_clock.ts";
import { connectedPair, RawPeer } from "./raw_peer.ts";

/** A server that says nothing, and the connections to it. */
export class LinksFixture implements AsyncDisposable {
  /** The server's ends, in the order of opening. */
  readonly peers: RawPeer[] = [];
  /** How often a connection was asked for. */
  opened = 0;
  /** What opening fails with, while it does. */
  failure: Error | null = null;
  /** What opening waits for. */
  gate: Promise<void> = Promise.resolve();
  readonly links: DataConnectionPool;
  readonly #all: Connection[] = [];

  constructor(limit: number) {
    this.links = new DataConnectionPool(() => this.#open(), limit);
  }

  /** Asks for a connection, and keeps it until told otherwise. */
  use(bytes: number): Use {
    return new Use(this.links, bytes);
  }

  /** Asks for many connections of the same size. */
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
      handshakeMs: 1_000,
      silenceMs: null,
      attach: null,
      onText: () => {},
      onEvent: () => {},
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

/** Work that goes on until it is told to end. */
export class Use {
  /** What it works with; `null` while it waits. */
  link: Connection | null = null;
  readonly #end = Promise.withResolvers<string>();
  readonly #begun = Promise.withResolvers<void>();
  /** What came of asking. */
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

  /** Resolves when it has its connection; throws what came instead. */
  async begun(): Promise<void> {
    const failed = this.outcome.then((outcome) => Promise.reject(outcome));
    failed.catch(() => {}); // It has begun before
    await within(Promise.race([this.#begun.promise, failed]), "a connection");
  }

  async end(error?: Error): Promise<void> {
    if (error === undefined) this.#end.resolve("done");
    else this.#end.reject(error);
    await this.outcome;
    await settled();
  }
}

/** Resolves when all have their connections. */
export function begun(uses: readonly Use[]): Promise<void[]> {
  return Promise.all(uses.map((use) => use.begun()));
}
