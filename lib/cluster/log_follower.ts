import { Condition } from "../async/condition.ts";
import { onAbort } from "../async/on_abort.ts";
import { pause } from "../async/pause.ts";
import {
  extentOf,
  type LogBreak,
  type LogExtent,
  type LogReading,
  type LogRecord,
} from "./engine.ts";

/** Where a {@link LogFollower} gets its records from. */
export interface LogSource {
  /** Calls `onRecord` with what the log takes from now on. Records may be missing, or come twice. */
  listen(onRecord: (record: LogRecord) => void): Disposable;
  /** The stored records of the places `from` to `to`, in order. May end before, or throw. */
  read(from: number, to: number): AsyncIterable<readonly LogRecord[]>;
  /** Asks the leader of the log. @throws if it does not answer in time */
  extent(): Promise<LogExtent>;
  /** Calls `listener` once records that were told in the meantime may be missing. */
  onGap(listener: () => void): Disposable;
}

/** Times and sizes of a {@link LogFollower}. */
export interface FollowerOptions {
  /** How long a missing record may still be on its way. */
  readonly graceMs?: number;
  /** How often the end of the log is asked for. */
  readonly tailMs?: number;
  /** How long a log may end before the place that it had, as a leader without followers tells it. */
  readonly shortMs?: number;
  /** From when on such a log is told to be short. */
  readonly fillMs?: number;
  /** How long the leader may tell that it has a record, and not give it. */
  readonly missingMs?: number;
  /** How many bytes of records wait for one that is missing; more are read again. */
  readonly aheadBytes?: number;
  /** As `ReplicatedLog.follow` calls it. */
  readonly onShort?: (count: number) => void;
}

const DEFAULTS: Required<FollowerOptions> = {
  graceMs: 50,
  tailMs: 1_000,
  shortMs: 15_000,
  fillMs: 3_000,
  missingMs: 5_000,
  aheadBytes: 64 * 1024 * 1024,
  onShort: () => {},
};

/** After a failed question the next one waits this long. */
const RETRY_MS = 100;

/**
 * Makes all records of a log out of those that are told and those that are stored: each once, in their
 * order, without gaps. It listens first and asks for the end then, so that no record falls in between.
 */
export class LogFollower implements LogReading {
  readonly #source: LogSource;
  readonly #options: Required<FollowerOptions>;
  readonly #onRecords: (records: readonly LogRecord[]) => void;
  readonly #onBreak: (what: LogBreak) => void;
  readonly #ending = new AbortController();
  readonly #news = new Condition();
  readonly #using = new DisposableStack();
  readonly #work: Promise<void>;
  /** Records that came before one that is missing, by place. */
  readonly #ahead = new Map<number, LogRecord>();
  #aheadBytes = 0;
  #next: number;
  /** The highest place that is known to exist. */
  #last = 0;
  /** The last place, as the leader has told it. */
  #told = 0;
  /** A place that the leader has, and does not give. */
  #missing: { readonly place: number; readonly sinceMs: number } | null = null;
  #ready: LogRecord[] = [];
  #isInStep = false;
  #isStale = false;
  #epoch: string | null = null;
  /** Where the log ends too early, and since when. */
  #short: { readonly last: number; readonly sinceMs: number } | null = null;
  #answeredMs = performance.now();

  /** @param place of the first record that `onRecords` gets */
  constructor(
    source: LogSource,
    place: number,
    onRecords: (records: readonly LogRecord[]) => void,
    onBreak: (what: LogBreak) => void = () => {},
    options: FollowerOptions = {},
  ) {
    this.#source = source;
    this.#next = place;
    this.#onRecords = onRecords;
    this.#onBreak = onBreak;
    this.#options = { ...DEFAULTS, ...options };
    this.#using.use(source.listen((record) => this.#hear(record)));
    this.#using.use(source.onGap(() => this.#wake()));
    this.#using.use(onAbort(this.#ending.signal, () => this.#news.notifyAll()));
    this.#work = this.#run();
  }

  /** Nothing is handed on after the call. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#using.dispose();
    await this.#work;
  }

  get unansweredMs(): number {
    return performance.now() - this.#answeredMs;
  }

  get #hasEnded(): boolean {
    return this.#ending.signal.aborted;
  }

  #wake(): void {
    this.#isStale = true;
    this.#news.notifyAll();
  }

  #hear(record: LogRecord): void {
    if (this.#hasEnded) return;
    this.#last = Math.max(this.#last, record.place);
    if (record.place > this.#next) this.#keep(record);
    else this.#take(record);
  }

  #keep(record: LogRecord): void {
    if (!this.#ahead.has(record.place) && this.#aheadBytes < this.#options.aheadBytes) {
      this.#ahead.set(record.place, record);
      this.#aheadBytes += record.payload.length;
    }
    if (!this.#isStale) this.#wake();
  }

  /** Takes a record if it is the next one, and those that waited for it. */
  #take(first: LogRecord): void {
    let record: LogRecord | undefined = first;
    while (record?.place === this.#next) {
      this.#handOn(record);
      this.#forget(this.#next++);
      record = this.#ahead.get(this.#next);
    }
  }

  #forget(place: number): void {
    this.#aheadBytes -= this.#ahead.get(place)?.payload.length ?? 0;
    this.#ahead.delete(place);
  }

  /** What arrives in one turn is handed on together. */
  #handOn(record: LogRecord): void {
    if (this.#ready.push(record) > 1) return;
    queueMicrotask(() => {
      const records = this.#ready;
      this.#ready = [];
      if (!this.#hasEnded) this.#onRecords(records);
    });
  }

  async #run(): Promise<void> {
    while (!this.#hasEnded) {
      this.#isStale = false;
      const isAnswered = await this.#ask();
      await this.#fill();
      await this.#untilNews(isAnswered ? this.#options.tailMs : RETRY_MS);
    }
  }

  async #untilNews(ms: number): Promise<void> {
    if (this.#isStale || this.#hasEnded) return;
    const waiting = new AbortController();
    await Promise.race([this.#news.wait(), pause(ms, waiting.signal)]);
    waiting.abort();
  }

  /** Learns where the log ends. Returns whether its leader has answered. */
  async #ask(): Promise<boolean> {
    this.#told = 0;
    const extent = await extentOf(this.#source).catch(() => undefined);
    if (extent === undefined || this.#hasEnded) return false;
    this.#answeredMs = performance.now();
    const broken = extent === null ? this.#shortOf(-1) : this.#breakOf(extent);
    if (broken !== null) this.#giveUp(broken);
    return true;
  }

  #breakOf({ epoch, first, last }: LogExtent): LogBreak | null {
    this.#told = last;
    this.#last = Math.max(this.#last, last);
    this.#epoch ??= epoch;
    if (epoch !== this.#epoch) return "replaced";
    if (first > this.#next) return "trimmed";
    return this.#shortOf(last);
  }

  /** It is believed once it grows no more. @param last where the log ends; -1 if there is none */
  #shortOf(last: number): LogBreak | null {
    const lacking = this.#next - 1 - last;
    if (lacking <= 0) this.#short = null;
    else if (this.#short?.last !== last) this.#short = { last, sinceMs: performance.now() };
    if (this.#short === null) return null;
    const shortMs = performance.now() - this.#short.sinceMs;
    if (shortMs >= this.#options.shortMs) return "shortened";
    if (shortMs >= this.#options.fillMs && last >= 0) this.#options.onShort(lacking);
    return null;
  }

  #giveUp(broken: LogBreak): void {
    this.#ending.abort();
    this.#using.dispose();
    this.#onBreak(broken);
  }

  /** Reads what is missing, until nothing is known to be. */
  async #fill(): Promise<void> {
    while (!this.#hasEnded && this.#last >= this.#next) {
      const from = this.#next;
      if (this.#isInStep) await this.#wait(this.#options.graceMs);
      if (this.#isInStep && this.#next > from) continue;
      const isAnswered = await this.#read();
      if (this.#next > from) continue;
      if (this.#isMissing(isAnswered)) return this.#giveUp("missing");
      this.#isStale = true;
      return await this.#wait(RETRY_MS);
    }
    this.#isInStep = true;
  }

  #wait(ms: number): Promise<void> {
    return pause(ms, this.#ending.signal);
  }

  /** Reads what comes next. Returns whether the log has answered. */
  async #read(): Promise<boolean> {
    this.#isInStep = false;
    const from = this.#next;
    const to = this.#missing?.place === from ? from : this.#gapEnd();
    try {
      for await (const records of this.#source.read(from, to)) {
        if (this.#hasEnded) return false;
        this.#answeredMs = performance.now();
        for (const record of records) this.#take(record);
        await Promise.resolve(); // Hands them on before more are read
      }
      return true;
    } catch {
      return false; // The next question tells whether there is a log, and where it ends
    }
  }

  /** Whether the leader has not given the next record for long enough, though it has told that it has it. */
  #isMissing(isAnswered: boolean): boolean {
    const place = this.#next;
    const isLacking = isAnswered && this.#told >= place && !this.#hasEnded;
    if (!isLacking) this.#missing = null;
    else if (this.#missing?.place !== place) this.#missing = { place, sinceMs: performance.now() };
    return this.#missing !== null &&
      performance.now() - this.#missing.sinceMs >= this.#options.missingMs;
  }

  /** The place before the first record that waits, or the end of the log. */
  #gapEnd(): number {
    let end = this.#last;
    for (const place of this.#ahead.keys()) end = Math.min(end, place - 1);
    return end;
  }
}
