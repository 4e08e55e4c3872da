import { nextTurn } from "../../lib/async/next_turn.ts";
import {
  type Bus,
  BusError,
  type BusMessage,
  type Engine,
  EngineError,
  type EngineState,
  type LogExtent,
  type LogReading,
  type LogRecord,
  type ReplicatedLog,
} from "../../lib/cluster/engine.ts";
import { matches, MemoryMessage, receiversOf, type Subscriber } from "./memory_messages.ts";
import { Prng } from "./prng.ts";

/** How often a {@link MemoryCluster} disturbs, each from 0 to 1. */
export interface Disturbances {
  /** Records that the log takes twice. */
  readonly repeats?: number;
  /** Messages of the bus that are lost. */
  readonly drops?: number;
  /** Steps that are put off to a later turn of the event loop: servers get out of step. */
  readonly delays?: number;
}

/** A replicated log and a bus in this process, with several connected servers. */
export class MemoryCluster {
  readonly #random: Prng;
  readonly #disturbances: Required<Disturbances>;
  readonly #engines = new Set<MemoryEngine>();
  records: readonly LogRecord[] = [];
  epoch: string;
  /** Whether a log was made. */
  hasLog = true;
  /** The place of the first record that is still there. */
  first = 1;
  /** The time of the next record. Each one is a millisecond later. */
  nowMs = 1_000_000;

  /** The same seed leads to the same disturbances. */
  constructor(seed: string | number = 0, disturbances: Disturbances = {}) {
    this.#random = new Prng(seed);
    this.#disturbances = { repeats: 0, drops: 0, delays: 0, ...disturbances };
    this.epoch = this.#random.bytes(16).toHex();
  }

  /** Connects a server. The caller disposes of the engine. */
  connect(): MemoryEngine {
    const engine = new MemoryEngine(this);
    this.#engines.add(engine);
    return engine;
  }

  /** Makes the log, unless there is one. */
  create(epoch: string): void {
    if (this.hasLog) return;
    this.renew();
    this.epoch = epoch;
    this.hasLog = true;
  }

  /** The last place; 0 in an empty log. */
  get last(): number {
    return this.records.at(-1)?.place ?? this.first - 1;
  }

  /** Takes a record, perhaps twice. */
  async append(payload: Uint8Array): Promise<void> {
    await this.#delay();
    const times = this.#random.chance(this.#disturbances.repeats) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      const place = this.last + 1;
      this.records = [...this.records, { place, stampMs: this.nowMs++, payload: payload.slice() }];
      for (const engine of this.#engines) engine.wake();
      await this.#delay();
    }
  }

  /** The records from a place on, as many as arrive together, up to one that is lost. */
  read(place: number): readonly LogRecord[] {
    const found = this.records.filter((record) => record.place >= place);
    const some = found.slice(0, 1 + this.#random.below(found.length + 1));
    return some.filter((record, at) => record.place === some[0]!.place + at);
  }

  /** Forgets the records before a place, as a log does that is full. */
  forgetBefore(place: number): void {
    this.records = this.records.filter((record) => record.place >= place);
    this.first = place;
  }

  /** Loses the records after a place, as a log does whose machines have lost power, or `count` of them: a damaged file. */
  lose(after: number, count = Infinity): void {
    this.records = this.records.filter(({ place }) => place <= after || place > after + count);
  }

  /** Puts an empty log with another epoch in place of this one. */
  renew(): void {
    this.records = [];
    this.first = 1;
    this.epoch = this.#random.bytes(16).toHex();
    for (const engine of this.#engines) engine.wake();
  }

  /** Hands a message to those that listen, in the order of each sender. */
  async deliver(from: MemoryEngine, send: (to: readonly MemoryEngine[]) => void): Promise<void> {
    await this.#delay();
    if (from.state === "lost" || this.#random.chance(this.#disturbances.drops)) return;
    send([...this.#engines].filter(({ state }) => state === "connected"));
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    return this.#random.pick(choices);
  }

  remove(engine: MemoryEngine): void {
    this.#engines.delete(engine);
  }

  /** Puts the caller off for a few turns of the event loop, or not at all. */
  async #delay(): Promise<void> {
    while (this.#random.chance(this.#disturbances.delays)) await nextTurn();
  }
}

/** The connection of one server to a {@link MemoryCluster}. */
export class MemoryEngine implements Engine {
  readonly #cluster: MemoryCluster;
  readonly #states = new Set<(state: EngineState) => void>();
  readonly #followers = new Set<() => void>();
  readonly #subscribers = new Set<Subscriber>();
  readonly log: ReplicatedLog;
  readonly bus: Bus;
  state: EngineState = "connected";
  /** Resolves when what was sent before has been delivered or lost. */
  #sent: Promise<void> = Promise.resolve();
  #reconnected = Promise.withResolvers<void>();

  constructor(cluster: MemoryCluster) {
    this.#cluster = cluster;
    this.#reconnected.resolve();
    this.log = {
      append: (payload, signal) => this.#append(payload, signal),
      follow: (place, onRecords, onBreak) => this.#follow(place, onRecords, onBreak),
      create: (epoch) => {
        if (this.state === "connected") cluster.create(epoch);
        return this.#extent();
      },
      remove: () => Promise.resolve(void (cluster.hasLog = false)),
      extent: () => this.#extent(),
    };
    this.bus = {
      publish: (subject, payload) => this.#publish(subject, payload, () => {}),
      subscribe: (subject, onMessage, group) => this.#subscribe(subject, onMessage, group),
      request: (subject, payload, timeoutMs) => this.#request(subject, payload, timeoutMs),
    };
  }

  /** Cuts this server off from the log and the others. */
  cut(): void {
    this.#change("lost");
    this.#reconnected = Promise.withResolvers();
  }

  /** Ends a cut. */
  mend(): void {
    this.#change("connected");
    this.#reconnected.resolve();
    this.wake();
  }

  onState(listener: (state: EngineState) => void): Disposable {
    this.#states.add(listener);
    return { [Symbol.dispose]: () => this.#states.delete(listener) };
  }

  /** Lets followers look at the log. */
  wake(): void {
    for (const follow of this.#followers) follow();
  }

  /** What listens to a subject here; `*` stands for a word, `>` for the rest. */
  listeners(subject: string): readonly Subscriber[] {
    return [...this.#subscribers].filter((subscriber) => matches(subscriber.subject, subject));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#cluster.remove(this);
    this.#followers.clear();
    this.#subscribers.clear();
    return Promise.resolve();
  }

  #change(state: EngineState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.#states) listener(state);
  }

  async #append(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      signal.throwIfAborted();
      await Promise.race([this.#reconnected.promise, aborted.promise]);
      await this.#cluster.append(payload);
      // An acknowledgement that is lost in a cut comes once it is over
      await Promise.race([this.#reconnected.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #follow(...[place, onRecords, onBreak]: Parameters<ReplicatedLog["follow"]>): LogReading {
    let next = place;
    let isReading = false;
    const read = async () => {
      if (isReading) return;
      isReading = true;
      await nextTurn();
      for (;;) {
        const isOn = this.state === "connected" && this.#followers.has(read);
        const records = isOn ? this.#cluster.read(next) : [];
        if (records.length === 0) break;
        const broken = this.#cluster.first > next ? "trimmed" : "missing";
        if (records[0]!.place !== next) return onBreak?.(broken);
        next = records.at(-1)!.place + 1;
        onRecords(records);
        await nextTurn();
      }
      isReading = false;
    };
    this.#followers.add(read);
    read();
    return {
      unansweredMs: 0, // `state` tells
      [Symbol.asyncDispose]: () => {
        this.#followers.delete(read);
        return Promise.resolve();
      },
    };
  }

  #extent(): Promise<LogExtent> {
    if (this.state === "lost") return Promise.reject(new BusError("late", "the log"));
    if (!this.#cluster.hasLog) return Promise.reject(new EngineError("no-log", "There is no log"));
    const { epoch, first, last } = this.#cluster;
    return Promise.resolve({ epoch, first, last });
  }

  #subscribe(
    subject: string,
    onMessage: (message: BusMessage) => void,
    group: string | null = null,
  ): Disposable {
    const subscriber = { subject, group, onMessage };
    this.#subscribers.add(subscriber);
    return { [Symbol.dispose]: () => this.#subscribers.delete(subscriber) };
  }

  /** @returns once it is delivered or lost, to how many */
  #publish(
    subject: string,
    payload: Uint8Array,
    respond: (payload: Uint8Array) => void,
  ): Promise<number> {
    if (this.state === "lost") return Promise.resolve(0);
    const copy = payload.slice();
    let count = 0;
    this.#sent = this.#sent.then(() =>
      this.#cluster.deliver(this, (engines) => {
        const found = receiversOf(
          engines.flatMap((engine) => engine.listeners(subject)),
          (members) => this.#cluster.pick(members),
        );
        count = found.length;
        for (const { onMessage } of found) onMessage(new MemoryMessage(copy, respond));
      })
    );
    return this.#sent.then(() => count);
  }

  async #request(subject: string, payload: Uint8Array, timeoutMs: number) {
    if (this.state === "lost") throw new BusError("late", subject);
    const answer = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    const timer = setTimeout(() => answer.reject(new BusError("late", subject)), timeoutMs);
    try {
      const respond = (bytes: Uint8Array) => answer.resolve(new Uint8Array(bytes));
      const count = await this.#publish(subject, payload, respond);
      if (count === 0) throw new BusError("nobody", subject);
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
