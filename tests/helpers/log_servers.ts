import fc from "fast-check";
import { nextTurn } from "../../lib/async/next_turn.ts";
import { EngineLog } from "../../lib/cluster/engine_log.ts";
import { within } from "./deadline.ts";
import { MemoryCluster, type MemoryEngine } from "./memory_engine.ts";
import { Replica } from "./replica.ts";

const IDS = ["aaaaaaaa", "bbbbbbbb", "cccccccc"] as const;

const TROUBLES = ["cut", "mend", "kill", "gone"] as const;

/** What becomes of a server: it goes on, or not. */
export interface Trouble {
  readonly kind: "turn" | (typeof TROUBLES)[number];
  readonly server: number;
}

/** One of the servers. */
export const anyServer = fc.nat(IDS.length - 1);

/** Steps of which some are troubles. */
export function troubled<T>(step: fc.Arbitrary<T>): fc.Arbitrary<readonly (T | Trouble)[]> {
  const trouble = (kind: Trouble["kind"], weight: number) => ({
    weight,
    arbitrary: fc.record({ kind: fc.constant(kind), server: anyServer }),
  });
  const troubles = TROUBLES.map((kind) => trouble(kind, 1));
  return fc.array(
    fc.oneof({ weight: 12, arbitrary: step }, trouble("turn", 6), ...troubles),
    { maxLength: 60 },
  );
}

/** A server whose process may be killed: its database stays. */
class LogServer {
  readonly replica: Replica;
  readonly engine: MemoryEngine;
  log: EngineLog;
  #runs = 0;

  constructor(cluster: MemoryCluster, readonly id: string) {
    this.replica = new Replica({ server: id });
    this.engine = cluster.connect();
    this.log = this.#start();
  }

  /** Ends without a word, and starts again with what is stored. */
  async kill(): Promise<void> {
    await this.log[Symbol.asyncDispose]();
    this.replica.restart();
    this.log = this.#start();
  }

  #start(): EngineLog {
    const log = new EngineLog({
      engine: this.engine,
      machine: this.replica.machine,
      newIncarnation: () => `${this.id}.${++this.#runs}`,
    });
    log.follow();
    return log;
  }
}

/** The last message of each server. */
export const LAST = { from: "ana", text: "last", time: 0 } as const;

/** Three servers that follow one log in memory, which repeats and delays records. Disposal ends all. */
export class LogServers implements AsyncDisposable {
  readonly #cluster: MemoryCluster;
  readonly #servers: readonly LogServer[];

  constructor(seed: number) {
    this.#cluster = new MemoryCluster(seed, { repeats: 0.2, delays: 0.4 });
    this.#servers = IDS.map((id) => new LogServer(this.#cluster, id));
  }

  /** The databases of all. */
  get replicas(): readonly Replica[] {
    return this.#servers.map(({ replica }) => replica);
  }

  /** The log of a server, by its present run. */
  logOf(server: number): EngineLog {
    return this.#servers[server]!.log;
  }

  /** Brings a server into trouble, or out of it. */
  async trouble({ kind, server }: Trouble): Promise<void> {
    const { engine, log } = this.#servers[server]!;
    if (kind === "turn") await nextTurn();
    if (kind === "cut") engine.cut();
    if (kind === "mend") engine.mend();
    if (kind === "kill") await this.#servers[server]!.kill();
    if (kind === "gone") this.#declareGone(log, (server + 1) % IDS.length);
  }

  /** Ends all cuts, and waits until all servers have applied the same. */
  async settle(): Promise<void> {
    for (const { engine } of this.#servers) engine.mend();
    const last = this.#servers.map(({ log }) =>
      log.append({ kind: "say", room: "end", draft: { event: "message", ...LAST } })
    );
    await within(Promise.all(last), "the last messages");
    await within(Promise.all(this.#servers.map(({ log }) => this.#reached(log))), "all to apply");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { log, engine, replica } of this.#servers) {
      await log[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      replica[Symbol.dispose]();
    }
  }

  /** Records that are stored twice may still come. */
  async #reached(log: EngineLog): Promise<void> {
    let place = -1;
    while (place !== this.#cluster.last) {
      place = this.#cluster.last;
      await log.reached(place);
      for (let i = 0; i < 20; i++) await nextTurn();
    }
  }

  #declareGone(log: EngineLog, server: number): void {
    const { incarnation } = this.logOf(server);
    log.append({ kind: "gone", incarnation }).catch(() => {});
  }
}
