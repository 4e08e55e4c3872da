import type { DatabaseSync } from "node:sqlite";
import { History } from "../../lib/chat/history.ts";
import { Hub } from "../../lib/chat/hub.ts";
import type { HubOptions } from "../../lib/chat/hub_options.ts";
import { KeptMessages } from "../../lib/chat/kept_messages.ts";
import type { Member } from "../../lib/chat/member.ts";
import type { Cluster, LiveServers } from "../../lib/cluster/cluster.ts";
import { ClusterJournal } from "../../lib/cluster/cluster_journal.ts";
import { beginCluster } from "../../lib/cluster/cluster_row.ts";
import { EngineLog } from "../../lib/cluster/engine_log.ts";
import { openNeighbours } from "../../lib/cluster/open_neighbours.ts";
import { StateMachine } from "../../lib/cluster/state_machine.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { type Disturbances, MemoryCluster, type MemoryEngine } from "./memory_engine.ts";
import { EPOCH } from "./replica.ts";

/** No server is found by its heartbeats: those of others are heard, or are asked for. */
const SILENT: LiveServers = {
  isThawing: false,
  list: () => [],
  onChange: () => ({ [Symbol.dispose]: () => {} }),
  onBeat: () => ({ [Symbol.dispose]: () => {} }),
};

/** The chat of a server of a cluster in this process. Disposal ends it, without a word to the others. */
export class ClusterHub implements AsyncDisposable {
  readonly engine: MemoryEngine;
  readonly database: DatabaseSync;
  readonly log: EngineLog;
  readonly hub: Hub;

  /** @param id of the server: 8 letters */
  constructor(memory: MemoryCluster, id: string, options: HubOptions = {}) {
    this.engine = memory.connect();
    this.database = openDatabase(IN_MEMORY);
    beginCluster(this.database, { name: "test", epoch: EPOCH, server: id });
    const [history, kept] = [new History(this.database), new KeptMessages(this.database)];
    let runs = 0;
    this.log = new EngineLog({
      engine: this.engine,
      machine: new StateMachine({ database: this.database, history }),
      newIncarnation: () => `${id}.${(++runs).toString(36)}`,
    });
    const { bus } = this.engine;
    const cluster: Cluster = { name: "test", serverId: id, log: this.log, bus, beats: SILENT };
    this.log.follow();
    this.hub = new Hub({
      history,
      kept,
      openJournal: (target) => new ClusterJournal(this.log, target),
      openNeighbours: (target) =>
        openNeighbours(cluster, { database: this.database, kept }, target),
    }, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hub.close();
    await this.log[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
    this.database.close();
  }
}

/** Several servers of one cluster in this process. */
export class ClusterHubs implements AsyncDisposable {
  readonly memory: MemoryCluster;
  readonly servers: ClusterHub[];

  /** @param seed of what the engine does to messages and records */
  constructor(
    count: number,
    { seed = 0, disturbances = {}, ...options }: HubOptions & {
      readonly seed?: number;
      readonly disturbances?: Disturbances;
    } = {},
  ) {
    this.memory = new MemoryCluster(seed, disturbances);
    this.memory.nowMs = Date.now(); // What is kept ends by the clock
    this.servers = ["aaaaaaaa", "bbbbbbbb", "cccccccc"].slice(0, count)
      .map((id) => new ClusterHub(this.memory, id, options));
  }

  get hubs(): Hub[] {
    return this.servers.map(({ hub }) => hub);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers) await server[Symbol.asyncDispose]();
  }
}

/** A member whose connection takes no time. @param number unlike that of any other of the hub */
export function enterQuietly(hub: Hub, number: number): Member {
  const none = () => {};
  const outlet = {
    follow: none,
    unfollow: none,
    gather: none,
    queue: none,
    send: none,
    wake: none,
  };
  return hub.enter({ outlet, protocol: 2, number });
}
