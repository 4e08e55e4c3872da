import { newEpoch } from "../../lib/cluster/chain.ts";
import { EngineError, type EngineState } from "../../lib/cluster/engine.ts";
import { NatsEngine } from "../../lib/cluster/nats_engine.ts";
import type { LogKeepers } from "../../lib/cluster/nats_log.ts";
import type { RecordCollector } from "./record_collector.ts";
import { pause } from "../../lib/async/pause.ts";
import { DEADLINE_MS, within } from "./deadline.ts";

/** How long an election in NATS takes at most on a busy machine. */
export const ELECTION_MS = 4 * DEADLINE_MS;

/** Less than NATS may use at the most, and more than any test fills. */
const LOG_BYTES = 1024 * 1024 * 1024;

/** Connects to NATS at `urls` as a server of the cluster `name`. */
export function connectEngine(urls: readonly string[], name = "test"): Promise<NatsEngine> {
  return NatsEngine.connect({ servers: urls, name, credentials: null, ca: null });
}

/** Makes the log as soon as NATS has elected a leader. */
export async function createLog({ log }: NatsEngine): Promise<void> {
  const endMs = performance.now() + ELECTION_MS;
  for (;;) {
    try {
      await log.create(newEpoch(), LOG_BYTES);
      return;
    } catch (error) {
      if (!(error instanceof EngineError) || performance.now() > endMs) throw error;
      await pause(100);
    }
  }
}

/** Appends texts one after the other. */
export async function appendAll(
  { log }: NatsEngine,
  texts: readonly string[],
  signal = new AbortController().signal,
): Promise<void> {
  for (const text of texts) await log.append(new TextEncoder().encode(text), signal);
}

/** `count` texts: `prefix 1`, `prefix 2` and so on. */
export function texts(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix} ${i + 1}`);
}

/** Resolves at the next change to `state`. */
export function untilState(engine: NatsEngine, state: EngineState): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listening = engine.onState((next) => next === state && resolve());
  return within(promise, `the state ${state}`).finally(() => listening[Symbol.dispose]());
}

/** Resolves once all servers of NATS that keep the log have all of it. */
export async function untilInStep({ log }: NatsEngine): Promise<LogKeepers> {
  const endMs = performance.now() + ELECTION_MS;
  for (;;) {
    const keepers = await log.keepers().catch(() => null);
    if (keepers !== null && keepers.inStep === keepers.replicas) return keepers;
    if (performance.now() > endMs) throw new Error("NATS does not come into step");
    await pause(100);
  }
}

/** An acknowledged record that does not come back in this time is appended again. */
const AGAIN_MS = 5_000;

/** Appends records one after the other, each until it comes back, as a server does, until it is stopped. */
export class SteadyAppender {
  /** The texts that came back. */
  readonly done: string[] = [];
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  /**
   * @param prefix of the texts; a number follows
   * @param follower of the log by the same engine; `null`: an acknowledgement is enough
   */
  constructor(engine: NatsEngine, prefix: string, follower: RecordCollector | null = null) {
    this.#work = this.#run(engine, prefix, follower).catch(() => {}); // It ends by the signal alone
  }

  /** Resolves once `count` more are acknowledged. */
  async more(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ count: this.done.length + count, resolve });
    await within(promise, `${count} acknowledged records`, () => {}, ELECTION_MS);
  }

  /** Stops; the last record may be stored without being acknowledged. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #run(
    engine: NatsEngine,
    prefix: string,
    follower: RecordCollector | null,
  ): Promise<void> {
    const { signal } = this.#stopping;
    for (let number = 1;; number++) {
      const text = `${prefix} ${number}`;
      do await appendAll(engine, [text], signal); while (!await this.#comesBack(text, follower));
      this.done.push(text);
      for (const { count, resolve } of this.#waiting) if (count <= this.done.length) resolve();
      this.#waiting = this.#waiting.filter(({ count }) => count > this.done.length);
    }
  }

  async #comesBack(text: string, follower: RecordCollector | null): Promise<boolean> {
    const { signal } = this.#stopping;
    const endMs = performance.now() + AGAIN_MS;
    while (follower !== null && !follower.seen.has(text)) {
      if (performance.now() > endMs) return false;
      signal.throwIfAborted();
      await pause(1, signal);
    }
    return true;
  }
}
