import type { Bus, Engine, EngineState } from "./engine.ts";
import { NatsBus } from "./nats_bus.ts";
import { NatsLink, type NatsOptions } from "./nats_link.ts";
import { tellLossReason } from "./nats_loss_reason.ts";
import { NatsWitness } from "./nats_witness.ts";
import { NatsLog } from "./nats_log.ts";

/** An {@link Engine} on NATS with JetStream. */
export class NatsEngine implements Engine {
  readonly log: NatsLog;
  readonly bus: Bus;
  readonly #link: NatsLink;
  readonly #reason: AsyncDisposable;
  readonly #witness: NatsWitness | null;

  private constructor(
    link: NatsLink,
    reason: AsyncDisposable,
    witness: NatsWitness | null,
    log: NatsLog,
  ) {
    this.#link = link;
    this.#reason = reason;
    this.#witness = witness;
    this.log = log;
    this.bus = new NatsBus(link);
  }

  /**
   * Connects to the first server of NATS that answers; the log may not exist yet: see {@link NatsLog.create}.
   *
   * @throws {EngineError} `unreachable`, `denied`, `untrusted`, `bad-credentials`
   */
  static async connect(options: NatsOptions): Promise<NatsEngine> {
    const link = await NatsLink.connect(options);
    const isCluster = link.connection.info?.cluster !== undefined && options.servers.length > 1;
    const witness = isCluster ? new NatsWitness(link, options) : null;
    const log = await NatsLog.open(link, witness, options.name);
    return new NatsEngine(link, tellLossReason(link, options), witness, log);
  }

  get state(): EngineState {
    return this.#link.state;
  }

  onState(listener: (state: EngineState) => void): Disposable {
    return this.#link.onState(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reason[Symbol.asyncDispose]();
    await this.#witness?.[Symbol.asyncDispose]();
    await this.#link[Symbol.asyncDispose]();
  }
}
