import { clearImmediate, setImmediate } from "node:timers";
import { pause } from "../async/pause.ts";
import { RequestError } from "../protocol/errors.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import type { ReplicatedLog } from "./engine.ts";
import type { EntryResult, LogEntry } from "./entry.ts";
import { encodeEntry, RECORD_HEAD_BYTES } from "./record.ts";
import { ofPresent, type PendingEntry, RecordInFlight } from "./record_in_flight.ts";
import { outcomeUnknown, stalled } from "./stop_effects.ts";

/** Records come back within milliseconds; after a fault they are read out of the log within seconds. */
const AGAIN_MS = 5_000;

/** What an {@link Appender} is made of. */
export interface AppenderOptions {
  readonly log: Pick<ReplicatedLog, "append">;
  /** The incarnation whose records these are. */
  readonly incarnation: string;
  /** A record of encoded entries. */
  readonly encode: (origin: string, n: number, entries: readonly Uint8Array[]) => Uint8Array;
  /** How long an entry waits before it is refused. Default: that of the limits. */
  readonly stalledMs?: number;
  /** How long a record that is acknowledged may take to come back. Default 5,000. */
  readonly againMs?: number;
  /** How long what is in flight is waited for while entries are refused. Default: that of the limits. */
  readonly unknownMs?: number;
}

/** Totals of an {@link Appender}. */
export interface AppendFigures {
  readonly records: number;
  readonly entries: number;
  /** From the publishing of a record until it is applied here, of all records together. */
  readonly seconds: number;
}

/**
 * Appends the entries of one incarnation to the log: gathers those that wait, and has one record in flight.
 * An entry counts when its record comes back and is applied; that the log acknowledges the record is
 * only a hint. What is in flight is never refused, since it may have happened: where it does not come back,
 * its callers are told that this is not known.
 */
export class Appender {
  readonly #log: Pick<ReplicatedLog, "append">;
  readonly #encode: AppenderOptions["encode"];
  readonly #stalledMs: number;
  readonly #againMs: number;
  readonly #unknownMs: number;
  #incarnation: string;
  #number = 0;
  #lastId = 0;
  #waiting: PendingEntry[] = [];
  #waitingBytes = 0;
  #inFlight: RecordInFlight | null = null;
  /** Each runs once all entries up to its id have come to something. */
  #actions: { readonly upTo: number; readonly run: () => void }[] = [];
  #immediate: ReturnType<typeof setImmediate> | null = null;
  #stallTimer: ReturnType<typeof setTimeout> | null = null;
  #unknownTimer: ReturnType<typeof setTimeout> | undefined;
  #refuseTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether entries are refused, now or soon: nothing leaves. */
  #isRefusing = false;
  #isPaused = false;
  #refusal: RequestError | null = null;
  readonly #figures = { records: 0, entries: 0, seconds: 0 };

  /** Begins with the first record of the incarnation. */
  constructor({ log, incarnation, encode, againMs = AGAIN_MS, ...options }: AppenderOptions) {
    const { stalledMs, unknownMs } = CLUSTER_LIMITS;
    this.#log = log;
    this.#encode = encode;
    this.#againMs = againMs;
    this.#stalledMs = options.stalledMs ?? stalledMs;
    this.#unknownMs = options.unknownMs ?? unknownMs;
    this.#incarnation = incarnation;
  }

  /** The incarnation whose records these are. */
  get incarnation(): string {
    return this.#incarnation;
  }

  /** How long the record in flight has been on its way, in milliseconds; 0 without one. */
  get inFlightMs(): number {
    return this.#inFlight?.ageMs ?? 0;
  }

  /** The totals since the start: records that came back, their entries, and how long they took. */
  get figures(): AppendFigures {
    return this.#figures;
  }

  /** The entries that have not come to anything yet. */
  get pendingCount(): number {
    return this.#waiting.length + (this.#inFlight?.entries.length ?? 0);
  }

  /**
   * Appends an entry. Resolves to its outcome.
   *
   * @param token see {@link tokensOf}
   * @throws {RequestError} `busy` with the reason `cluster-stalled` if it has waited for too long or too
   * many wait, `too-large`, or as the entry is refused
   */
  append(entry: LogEntry, token: unknown = null): Promise<unknown> {
    const pending = this.#take(entry, token);
    if (pending instanceof RequestError) return Promise.reject(pending);
    this.#waiting.push(pending);
    this.#waitingBytes += pending.bytes;
    this.#schedule();
    this.#watchStall();
    return pending.done.promise;
  }

  /** Runs `action` once every entry that was appended before has come to something. */
  after(action: () => void): void {
    if (this.pendingCount === 0) action();
    else this.#actions.push({ upTo: this.#lastId, run: action });
  }

  /** The tokens of the record in flight, if it has that number; else none. */
  tokensOf(number: number): readonly unknown[] {
    const record = this.#inFlight;
    return record?.number === number ? record.entries.map(({ token }) => token) : [];
  }

  /** Takes the results of a record of this incarnation, which was applied here. */
  settle(number: number, results: readonly EntryResult[]): void {
    if (this.#inFlight?.number !== number) return;
    const record = this.#inFlight;
    this.#inFlight = null;
    this.#figures.records++;
    this.#figures.entries += record.entries.length;
    this.#figures.seconds += record.ageMs / 1_000;
    record.settle(results);
    this.#runActions();
    this.#schedule();
  }

  /**
   * Goes on as another incarnation: nothing that the former one has in flight will be applied, so those
   * entries are appended again, before all others, unless their callers have given them up. What members have said
   * that have left is refused: their clients may say it elsewhere.
   */
  restart(incarnation: string): void {
    this.#incarnation = incarnation;
    this.#number = 0;
    const again = this.#inFlight?.drop() ?? [];
    this.#inFlight = null;
    this.#waiting = ofPresent([...again, ...this.#waiting]);
    this.#waitingBytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#runActions();
    this.#schedule();
    this.#watchStall();
  }

  /** Keeps what waits from leaving, while the log cannot be reached: then it can be refused. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#schedule();
  }

  /**
   * Refuses what waits and all later entries with an error; `null` ends that. What is in flight is given up where
   * that lasts.
   *
   * @param afterMs how long they are kept before, in milliseconds: something else may come of them
   */
  refuse(error: RequestError | null, afterMs = 0): void {
    this.#isRefusing = error !== null;
    if (error === null) return this.#takeAgain();
    const giveUp = () => this.#inFlight?.giveUp(outcomeUnknown());
    this.#unknownTimer ??= setTimeout(giveUp, this.#unknownMs);
    if (afterMs === 0) this.#refuseNow(error);
    else this.#refuseTimer ??= setTimeout(() => this.#refuseNow(error), afterMs);
  }

  /**
   * Ends the wait for all that was appended, once the clients that wait for it are gone: what is in flight may be
   * applied all the same, the rest is refused with `shutting-down`. Later entries are taken.
   */
  abandon(): void {
    this.#inFlight?.giveUp(outcomeUnknown());
    this.#reject(this.#waiting.length, new RequestError("shutting-down"));
  }

  /** Refuses later entries, and abandons the others. */
  [Symbol.dispose](): void {
    this.refuse(new RequestError("shutting-down"));
    this.abandon();
    this.#inFlight?.drop();
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#immediate = this.#stallTimer = null;
    this.#endTimers();
  }

  #refuseNow(error: RequestError): void {
    this.#refusal = error;
    this.#reject(this.#waiting.length, error);
  }

  #takeAgain(): void {
    this.#refusal = null;
    this.#endTimers();
    this.#schedule();
  }

  #endTimers(): void {
    clearTimeout(this.#refuseTimer);
    clearTimeout(this.#unknownTimer);
    this.#refuseTimer = this.#unknownTimer = undefined;
  }

  #take(entry: LogEntry, token: unknown): PendingEntry | RequestError {
    if (this.#refusal !== null) return this.#refusal;
    let encoded: Uint8Array;
    try {
      encoded = encodeEntry(entry);
    } catch (error) {
      if (error instanceof RequestError) return error;
      throw error;
    }
    const bytes = encoded.length + 1;
    const { waitingEntries, waitingBytes } = CLUSTER_LIMITS;
    const isFull = this.#waiting.length >= waitingEntries ||
      this.#waitingBytes + bytes > waitingBytes;
    if (isFull) return stalled();
    const [id, sinceMs] = [++this.#lastId, performance.now()];
    const done = Promise.withResolvers<unknown>();
    return { id, encoded, bytes, sinceMs, token, done };
  }

  #schedule(): void {
    if (this.#waiting.length === 0) return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = null;
      this.#publish();
    });
  }

  #publish(): void {
    const isHeld = this.#isPaused || this.#isRefusing;
    if (isHeld || this.#inFlight !== null || this.#waiting.length === 0) return;
    const record = this.#inFlight = new RecordInFlight(++this.#number, this.#gather());
    const encoded = record.entries.map(({ encoded }) => encoded);
    const payload = this.#encode(this.#incarnation, record.number, encoded);
    this.#send(payload, record.signal).catch(() => {}); // Rejects only when stopped
  }

  /** Appends a record again and again until it comes back: an engine may lose what it has acknowledged. */
  async #send(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#log.append(payload, signal);
      await pause(this.#againMs, signal);
    }
  }

  /** Takes the first of what waits, as many as fit into a record. */
  #gather(): PendingEntry[] {
    let bytes = 0;
    const { recordEntries, recordBytes } = CLUSTER_LIMITS;
    const at = this.#waiting.slice(0, recordEntries)
      .findIndex((entry) => (bytes += entry.bytes) > recordBytes - RECORD_HEAD_BYTES);
    const entries = this.#waiting.splice(0, at < 0 ? recordEntries : Math.max(1, at));
    for (const entry of entries) this.#waitingBytes -= entry.bytes;
    return entries;
  }

  /** Refuses in time what waits for too long. */
  #watchStall(): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined || this.#stallTimer !== null) return;
    const inMs = Math.max(0, oldest.sinceMs + this.#stalledMs - performance.now());
    this.#stallTimer = setTimeout(() => {
      this.#stallTimer = null;
      const sinceMs = performance.now() - this.#stalledMs;
      const at = this.#waiting.findIndex((entry) => entry.sinceMs > sinceMs);
      this.#reject(at < 0 ? this.#waiting.length : at, stalled());
      this.#watchStall();
    }, inMs);
  }

  /** Refuses the first of what waits. */
  #reject(count: number, error: RequestError): void {
    for (const { bytes, done } of this.#waiting.splice(0, count)) {
      this.#waitingBytes -= bytes;
      done.reject(error);
    }
    this.#runActions();
  }

  #runActions(): void {
    const oldest = this.#inFlight?.entries[0]?.id ?? this.#waiting[0]?.id ?? Infinity;
    const at = this.#actions.findIndex(({ upTo }) => upTo >= oldest);
    const due = this.#actions.splice(0, at < 0 ? this.#actions.length : at);
    for (const { run } of due) run();
  }
}
