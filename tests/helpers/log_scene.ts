import { EngineLog, type EngineLogOptions } from "../../lib/cluster/engine_log.ts";
import type { MemoryCluster, MemoryEngine } from "./memory_engine.ts";
import { ORIGINS, Replica } from "./replica.ts";

/** A server's log with its database, on an engine in memory. Disposal ends all three. */
export class LogScene implements AsyncDisposable {
  readonly engine: MemoryEngine;
  readonly replica: Replica;
  readonly log: EngineLog;

  /** Follows the log. @param id of the server; by default that of the first of {@link ORIGINS} */
  constructor(
    cluster: MemoryCluster,
    options: Partial<EngineLogOptions> & { readonly id?: string } = {},
  ) {
    const { id = ORIGINS[0].split(".")[0]! } = options;
    let runs = 0;
    this.engine = cluster.connect();
    this.replica = new Replica();
    const { machine } = this.replica;
    const newIncarnation = () => `${id}.${(++runs).toString(36)}`;
    this.log = new EngineLog({ engine: this.engine, machine, newIncarnation, ...options });
    this.log.follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]();
    await this.engine[Symbol.asyncDispose]();
    this.replica[Symbol.dispose]();
  }
}
