import type { StreamInfo } from "@nats-io/jetstream";
import { leaderBy, NO_LEADER, noLeader } from "./nats_answers.ts";
import type { NatsWitness } from "./nats_witness.ts";

/**
 * Without a second server of NATS, the first one is believed after this time: a leader that is cut off from the others
 * has noticed it by then.
 */
const ALONE_MS = 12_000;

/** The leader of a log that two servers of NATS agree on: one that is cut off from the others still answers. */
export class NatsLeader {
  readonly #witness: Pick<NatsWitness, "ask">;
  readonly #stream: string;
  readonly #nowMs: () => number;
  /** When the witness has answered last; before that, the beginning. */
  #witnessedMs: number;

  /** Does not own the witness. @param nowMs a clock in milliseconds */
  constructor(
    witness: Pick<NatsWitness, "ask">,
    stream: string,
    nowMs = () => performance.now(),
  ) {
    this.#witness = witness;
    this.#stream = stream;
    this.#nowMs = nowMs;
    this.#witnessedMs = nowMs();
  }

  /**
   * Resolves to what the leader tells by the first server of NATS, if the second one knows the same leader.
   *
   * @throws {EngineError} `no-leader` while they do not agree, or there is no second one yet; what `ask` throws
   */
  async confirm(ask: () => Promise<StreamInfo>): Promise<StreamInfo> {
    const asked = this.#witness.ask((connection) => leaderBy(connection, this.#stream));
    const other = asked.catch(() => NO_LEADER);
    const info = await ask();
    const leader = await other;
    if (leader === null) {
      if (this.#nowMs() - this.#witnessedMs >= ALONE_MS) return info;
      throw noLeader("no second server of NATS confirms its leader yet");
    }
    this.#witnessedMs = this.#nowMs();
    if (leader === info.cluster?.leader) return info;
    throw noLeader("two servers of NATS do not name the same leader");
  }
}
