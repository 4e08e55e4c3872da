import { jetstreamManager } from "@nats-io/jetstream";
import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import type { Msg, MsgHdrs } from "@nats-io/transport-node";
import { abortable } from "@std/async/abortable";
import { pause } from "../async/pause.ts";
import {
  EngineError,
  isNoLog,
  type LogBreak,
  type LogExtent,
  type LogRecord,
  type ReplicatedLog,
} from "./engine.ts";
import { LeaderTrust } from "./leader_trust.ts";
import { LogFollower, type LogSource } from "./log_follower.ts";
import { ConfirmedFeed } from "./confirmed_feed.ts";
import { NatsLeader } from "./nats_leader.ts";
import {
  ANSWER_MS,
  codeOf,
  createError,
  NAME_IN_USE,
  NO_CLUSTER,
  NO_STREAM,
  noLeader,
} from "./nats_answers.ts";
import type { NatsLink } from "./nats_link.ts";
import type { NatsWitness } from "./nats_witness.ts";
import {
  hasMajority,
  LOG_BYTES,
  logConfig,
  type NatsNames,
  natsNames,
  readExtent,
} from "./nats_stream.ts";

/** How long a record may take until it is published again. */
const ACK_MS = 1_000;
const RETRY_MS = 50;
/** Without an acknowledgement for this long, another server of NATS is tried. */
const PATIENCE_MS = 3_000;
/** How long a second server of NATS is waited for at the beginning. */
const WITNESS_MS = 3_000;
/** How many records are asked for at a time. */
const BATCH = 100;
/** The header of a record with the time of its server: NATS does not republish its own. */
const TIME = "Time";

/** The servers of NATS that keep a log. */
export interface LogKeepers {
  /** How many there are: 1, or 3. */
  readonly replicas: number;
  /** The name of the one that decides; `null` where NATS is a single server. */
  readonly leader: string | null;
  /** How many of them have all of it. */
  readonly inStep: number;
}

/** The log of a cluster in a stream of JetStream. */
export class NatsLog implements ReplicatedLog, LogSource {
  readonly #link: NatsLink;
  readonly #witness: NatsWitness | null;
  readonly #manager: JetStreamManager;
  readonly #client: JetStreamClient;
  readonly #names: NatsNames;
  readonly #trust = new LeaderTrust();
  readonly #leader: NatsLeader | null;

  private constructor(
    link: NatsLink,
    witness: NatsWitness | null,
    manager: JetStreamManager,
    names: NatsNames,
  ) {
    this.#link = link;
    this.#witness = witness;
    this.#manager = manager;
    this.#client = manager.jetstream();
    this.#names = names;
    this.#leader = witness && new NatsLeader(witness, names.stream);
  }

  /**
   * The log of the cluster `name`. Does not own the connections.
   *
   * @param witness another server of NATS, which confirms what the first one tells; `null` where there is one server
   */
  static async open(link: NatsLink, witness: NatsWitness | null, name: string): Promise<NatsLog> {
    const options = { checkAPI: false, timeout: ANSWER_MS };
    const [manager] = await Promise.all([
      jetstreamManager(link.connection, options),
      witness?.untilApart(WITNESS_MS),
    ]);
    return new NatsLog(link, witness, manager, natsNames(name));
  }

  async append(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    const header = headers();
    header.set(TIME, String(Date.now()));
    let sinceMs = performance.now();
    while (!await this.#publish(payload, header, signal)) {
      if (this.#link.state === "lost") sinceMs = performance.now();
      if (performance.now() - sinceMs >= PATIENCE_MS) {
        this.#link.moveOn();
        sinceMs = performance.now();
      }
      await pause(RETRY_MS, signal);
    }
  }

  /** Whether a majority has told that it has the record. While there is no connection nothing is published. */
  async #publish(payload: Uint8Array, header: MsgHdrs, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#link.state === "lost") return false;
    const options = { headers: header, timeout: ACK_MS, retries: 1 };
    const told = this.#client.publish(this.#names.log, payload, options).then(
      () => true,
      () => false,
    );
    return await abortable(told, signal);
  }

  follow(
    place: number,
    onRecords: (records: readonly LogRecord[]) => void,
    onBreak?: (what: LogBreak) => void,
    onShort?: (count: number) => void,
  ): LogFollower {
    return new LogFollower(this, place, onRecords, onBreak, onShort && { onShort });
  }

  /**
   * Makes the log, on three machines if NATS has as many, unless there is one. Returns its extent.
   *
   * @param epoch of the log if this call makes it
   * @param maxBytes above which its oldest records go
   * @throws {EngineError} `too-small`, or as {@link extent}
   */
  async create(epoch: string, maxBytes = LOG_BYTES): Promise<LogExtent> {
    const add = (replicas: 1 | 3) =>
      this.#manager.streams.add(logConfig(this.#names, epoch, replicas, maxBytes));
    try {
      await add(3).catch((error) => codeOf(error) === NO_CLUSTER ? add(1) : Promise.reject(error));
    } catch (error) {
      const code = codeOf(error);
      if (code !== null && code !== NAME_IN_USE) throw createError(error, maxBytes);
      // Another server has made it, or nothing was answered, as NATS 2.9 does then
    }
    return await this.extent();
  }

  /**
   * @throws {EngineError} `no-leader` as well while two servers of NATS name two leaders, the leader was late, or
   * it does not hear from a majority
   */
  async extent(): Promise<LogExtent> {
    const leader = this.#leader;
    if (leader === null) return readExtent(await this.#info());
    const info = await this.#trust.ask(() => leader.confirm(() => this.#info()), isNoLog);
    if (this.#trust.isDoubtful) throw noLeader("its leader was late");
    if (!hasMajority(info)) throw noLeader("its leader does not hear from a majority");
    return readExtent(info);
  }

  async remove(): Promise<void> {
    await this.#manager.streams.delete(this.#names.stream).catch((cause) => {
      if (codeOf(cause) === NO_STREAM) return;
      throw new EngineError("no-leader", `Cannot remove the log: ${cause.message}`, { cause });
    });
  }

  /** The servers of NATS that keep the log. @throws {EngineError} as {@link extent} */
  async keepers(): Promise<LogKeepers> {
    const { config, cluster } = await this.#info();
    const others = cluster?.replicas ?? [];
    return {
      replicas: config.num_replicas,
      leader: cluster?.leader ?? null,
      inStep: 1 + others.filter(({ current, offline }) => current && offline !== true).length,
    };
  }

  async #info() {
    if (this.#link.state === "lost") {
      throw new EngineError("unreachable", "Cannot read the log: there is no connection to NATS");
    }
    return await this.#manager.streams.info(this.#names.stream).catch((cause) => {
      if (codeOf(cause) === NO_STREAM) {
        throw new EngineError("no-log", "Cannot read the log: there is none", { cause });
      }
      throw new EngineError("no-leader", `Cannot read the log: ${cause.message}`, { cause });
    });
  }

  listen(onRecord: (record: LogRecord) => void): Disposable {
    const { live } = this.#names;
    const onConfirmed = (record: LogRecord) => this.#trust.isDoubtful || onRecord(record);
    const feed = this.#witness === null ? null : new ConfirmedFeed(onConfirmed);
    const onOwn = feed === null ? onRecord : (record: LogRecord) => feed.hear(record, "own");
    const own = this.#link.connection.subscribe(live, {
      callback: (error, message) => {
        if (error === null) onOwn(liveRecord(message));
        else this.#link.complain(error);
      },
    });
    const other = feed && this.#witness?.subscribe({
      subject: live,
      onMessage: (message) => feed.hear(liveRecord(message), "witness"),
      isSilent: (ms) => feed.isWitnessSilent(ms),
      onMove: () => feed.clear(),
    });
    return {
      [Symbol.dispose]: () => {
        own.unsubscribe();
        other?.[Symbol.dispose]();
      },
    };
  }

  onGap(listener: () => void): Disposable {
    const own = this.#link.onState((state) => state === "connected" && listener());
    const other = this.#witness?.onApart(listener);
    return {
      [Symbol.dispose]: () => {
        own[Symbol.dispose]();
        other?.[Symbol.dispose]();
      },
    };
  }

  /**
   * The leader is asked, record by record, and no consumer made: that one would read at any server of NATS, and one
   * that was cut off may keep other records for good (seen with 2.9.10; mended in 2.10.23).
   */
  async *read(from: number, to: number): AsyncIterable<readonly LogRecord[]> {
    for (let next = from; next <= to; next += BATCH) {
      const count = Math.min(BATCH, to - next + 1);
      const records = await this.#readBatch(next, count);
      if (records.length > 0) yield records;
      if (records.length < count) return;
    }
  }

  /** What is stored at so many places. */
  async #readBatch(from: number, count: number): Promise<readonly LogRecord[]> {
    const { streams } = this.#manager;
    const { stream } = this.#names;
    const places = Array.from({ length: count }, (_, i) => from + i);
    const stored = await Promise.all(places.map((seq) => streams.getMessage(stream, { seq })));
    return stored.filter((each) => each !== null)
      .map(({ seq, data, header }) => recordAt(seq, header, data));
  }
}

function liveRecord({ headers, data }: Msg): LogRecord {
  return recordAt(Number(headers?.get("Nats-Sequence")), headers, data);
}

function recordAt(place: number, headers: MsgHdrs | undefined, data: Uint8Array): LogRecord {
  return {
    place,
    stampMs: Number(headers?.get(TIME) || 0),
    payload: new Uint8Array(data), // Not a part of what the socket has read
  };
}
