import { clearImmediate, setImmediate } from "node:timers";
import { deadline } from "../async/deadline.ts";
import { Listeners } from "../async/listeners.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { RequestError } from "../protocol/errors.ts";
import { Appender, type AppenderOptions, type AppendFigures } from "./appender.ts";
import { Barrier } from "./barrier.ts";
import type { ClusterLog } from "./cluster_log.ts";
import type { Engine, LogBreak } from "./engine.ts";
import type {
  Applied,
  AppliedRecord,
  AppliedResult,
  EntryKindName,
  EntryOf,
  LogEntry,
  OutcomeOf,
} from "./entry.ts";
import { type AnyApplied, EntryListeners } from "./entry_listeners.ts";
import { LogReader } from "./log_reader.ts";
import { encodeRecord } from "./record.ts";
import type { StateMachine, Stop } from "./state_machine.ts";
import { keptMsOf, mayPass, outOfStep, refusalOf, retryMsOf } from "./stop_effects.ts";

/** What an {@link EngineLog} is made of. */
export interface EngineLogOptions extends Pick<AppenderOptions, "stalledMs" | "unknownMs"> {
  readonly engine: Engine;
  readonly machine: Pick<StateMachine, "apply" | "applied" | "chain">;
  /** A new incarnation of this server at each call. */
  readonly newIncarnation: () => string;
}

/** A {@link ClusterLog} on an engine. Uses the engine and the state machine, does not own them. */
export class EngineLog implements ClusterLog, AsyncDisposable {
  readonly #engine: Engine;
  readonly #machine: EngineLogOptions["machine"];
  readonly #newIncarnation: () => string;
  readonly #appender: Appender;
  readonly #barrier: Barrier;
  readonly #reader: LogReader;
  readonly #listeners = new EntryListeners();
  readonly #incarnationListeners = new Listeners();
  readonly #overListeners = new Listeners();
  readonly #stopListeners = new Listeners<[Stop | null]>();
  readonly #watching: Disposable;
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #stop: Stop | null = null;
  #broken: LogBreak | null = null;
  #isClosed = false;
  #isDisposed = false;
  #isLeaving = false;

  /** Follows nothing until {@link follow}. */
  constructor({ engine, machine, newIncarnation, ...times }: EngineLogOptions) {
    this.#engine = engine;
    this.#machine = machine;
    this.#newIncarnation = newIncarnation;
    this.#appender = new Appender({
      log: engine.log,
      incarnation: newIncarnation(),
      encode: (origin, n, entries) =>
        encodeRecord({ origin, n, seenPlace: machine.applied, seenChain: machine.chain }, entries),
      ...times,
    });
    this.#barrier = new Barrier({
      last: async () => (await engine.log.extent()).last,
      applied: () => machine.applied,
    });
    this.#reader = new LogReader(engine.log, machine, {
      onArrived: () => this.#schedule(),
      onBreak: (what) => this.#onBreak(what),
    });
    this.#appender.pause(engine.state === "lost");
    this.#watching = engine.onState((state) => this.#appender.pause(state === "lost"));
  }

  get incarnation(): string {
    return this.#appender.incarnation;
  }

  /** The place of the last record that is applied here. */
  get applied(): number {
    return this.#machine.applied;
  }

  /** The chain there, as it is shown. */
  get chain(): string {
    return this.#machine.chain;
  }

  /** Why records are not applied at the moment; `null` if they are. */
  get stop(): Stop | null {
    return this.#stop;
  }

  /** Why the log does not go on at the next place; `null` if it does. */
  get broken(): LogBreak | null {
    return this.#broken;
  }

  /** For how long the log has not answered, or not given back what is in flight, in milliseconds. */
  get unansweredMs(): number {
    return Math.max(this.#appender.inFlightMs, this.#reader.unansweredMs);
  }

  /** The figures of the appender. */
  get figures(): AppendFigures & Pick<Appender, "pendingCount"> {
    return { ...this.#appender.figures, pendingCount: this.#appender.pendingCount };
  }

  /** Applies the records behind the last one that is applied, and the new ones as they come. */
  follow(): void {
    this.#reader.follow(this.#machine.applied + 1);
  }

  append<K extends EntryKindName>(
    entry: EntryOf<K>,
    token: unknown = null,
  ): Promise<OutcomeOf<K>> {
    if (this.#isClosed) return Promise.reject(new RequestError("shutting-down"));
    return this.#appender.append(entry as LogEntry, token) as Promise<OutcomeOf<K>>;
  }

  on<K extends EntryKindName>(kind: K, listener: (applied: Applied<K>) => void): Disposable {
    return this.onRun(kind, (run) => {
      for (const applied of run) listener(applied);
    });
  }

  /** The same as {@link on}, with those that follow each other in one call. */
  onRun<K extends EntryKindName>(
    kind: K,
    listener: (run: readonly Applied<K>[]) => void,
  ): Disposable {
    return this.#listeners.add(kind, listener);
  }

  onOver(listener: () => void): Disposable {
    return this.#overListeners.add(listener);
  }

  /** Calls `listener` once this server is another incarnation, before what it appends as such. */
  onIncarnation(listener: () => void): Disposable {
    return this.#incarnationListeners.add(listener);
  }

  /** Calls `listener` when records cannot be applied, and with `null` when they can again. */
  onStop(listener: (stop: Stop | null) => void): Disposable {
    return this.#stopListeners.add(listener);
  }

  /** Neither applies nor appends while the chain at a place is not that of most servers; `null` ends that. */
  halt(place: number | null): void {
    if (place !== null) return this.#halt({ code: "diverged", place, origin: null, error: null });
    this.#setStop(null);
    this.follow();
  }

  after(action: () => void): void {
    this.#appender.after(action);
  }

  async caughtUp(): Promise<void> {
    const isOut = this.#engine.state === "lost" || this.#stop !== null || this.#broken !== null;
    if (isOut || this.#isDisposed || this.#appender.inFlightMs >= CLUSTER_LIMITS.noticeMs) return;
    await this.#barrier.passed();
  }

  /** Resolves once a place of the log is applied here; at once if it is, or after disposal. */
  reached(place: number): Promise<void> {
    return this.#barrier.reached(place);
  }

  /**
   * Refuses later entries, appends what waits, then that this incarnation is over. Resolves when that is
   * applied, or after `timeoutMs` milliseconds: then the other servers find out by themselves.
   */
  async leave(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    this.#isLeaving = true;
    const gone = this.#appender.append({ kind: "gone", incarnation: this.incarnation });
    await deadline(gone.catch(() => {}), timeoutMs, undefined);
  }

  /** Ends the wait for what was appended: see {@link Appender.abandon}. */
  abandon(): void {
    this.#appender.abandon();
  }

  /** Ends following and appending. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = this.#isDisposed = true;
    this.#watching[Symbol.dispose]();
    this.#appender[Symbol.dispose]();
    this.#barrier[Symbol.dispose]();
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#reader.stop();
  }

  #schedule(): void {
    if (this.#retry !== null || this.#isDisposed || this.#reader.arrived.length === 0) return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = null;
      this.#apply();
    });
  }

  /** Applies what has arrived, as much as fits into a turn of the event loop. */
  #apply(): void {
    if (this.#isDisposed || this.#reader.arrived.length === 0) return;
    const { applied, consumed, stop } = this.#machine.apply(this.#reader.arrived);
    this.#reader.drop(consumed);
    if (applied.length > 0) this.#tell(applied);
    this.#barrier.advance();
    if (stop !== null) return this.#halt(stop);
    if (this.#stop !== null) this.#setStop(null);
    this.#schedule();
  }

  #halt(stop: Stop): void {
    const isLocked = stop.code === "busy";
    if (!isLocked && this.#stop?.code !== stop.code) this.#setStop(stop);
    if (!isLocked) this.#reader.stop();
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = mayPass(stop) ? setTimeout(() => this.#goOn(), retryMsOf(stop)) : null;
  }

  #goOn(): void {
    this.#retry = null;
    this.follow();
    this.#schedule();
  }

  #onBreak(what: LogBreak): void {
    const place = this.#machine.applied + this.#reader.arrived.length + 1;
    if (what === "missing") return this.#halt({ code: "gap", place, origin: null, error: null });
    this.#broken = what;
    this.#appender.refuse(outOfStep(), CLUSTER_LIMITS.haltedMs);
    this.#stopListeners.tell(this.#stop);
  }

  #setStop(stop: Stop | null): void {
    this.#stop = stop;
    if (stop === null) this.#appender.refuse(null);
    else this.#appender.refuse(refusalOf(stop), keptMsOf(stop));
    this.#stopListeners.tell(stop);
  }

  /** Tells the listeners of applied entries, and then those that appended them. */
  #tell(records: readonly AppliedRecord[]): void {
    let own: AppliedRecord | null = null;
    for (const record of records) {
      const isOwn = record.origin === this.incarnation && record.skipped === null;
      const tokens = isOwn ? this.#appender.tokensOf(record.n) : [];
      if (isOwn) own = record;
      for (const [at, result] of record.results.entries()) {
        if (result.kind === null) continue;
        if (this.#isOwnEnd(result)) {
          this.#settle(own);
          own = null;
          this.#beginAnew();
        }
        const { origin, place, stampMs } = record;
        const { entry, outcome } = result;
        const token = tokens[at] ?? null;
        this.#listeners.take({ entry, outcome, origin, place, stampMs, token } as AnyApplied);
      }
    }
    this.#settle(own);
  }

  /** What was applied is told before those that appended it. */
  #settle(own: AppliedRecord | null): void {
    if (own !== null) this.#reader.note(own);
    this.#listeners.flush();
    if (own !== null) this.#appender.settle(own.n, own.results);
  }

  #isOwnEnd({ entry }: AppliedResult): boolean {
    return entry.kind === "gone" && entry.incarnation === this.incarnation && !this.#isLeaving;
  }

  #beginAnew(): void {
    this.#overListeners.tell();
    this.#appender.restart(this.#newIncarnation());
    this.#incarnationListeners.tell();
  }
}
