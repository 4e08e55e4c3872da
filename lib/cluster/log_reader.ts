import type { AppliedRecord } from "./entry.ts";
import { LogFiller } from "./log_filler.ts";
import type { StateMachine } from "./state_machine.ts";
import type { LogBreak, LogReading, LogRecord, ReplicatedLog } from "./engine.ts";

/** What a {@link LogReader} tells. */
export interface LogReaderListener {
  /** There are more records. */
  onArrived(): void;
  /** As `ReplicatedLog.follow` does. */
  onBreak(what: LogBreak): void;
}

/** The records of a log that have arrived, and are not applied yet. Uses the log, does not own it. */
export class LogReader {
  readonly #log: Pick<ReplicatedLog, "follow" | "append">;
  readonly #machine: Pick<StateMachine, "applied" | "chain">;
  readonly #listener: LogReaderListener;
  /** The last record of this server that was applied. */
  #own: Pick<AppliedRecord, "origin" | "n"> | null = null;
  #filler: LogFiller | null = null;
  #following: LogReading | null = null;
  /** Counts the times of following: what an earlier one hands on late is dropped. */
  #turn = 0;
  #arrived: LogRecord[] = [];

  /** Reads nothing until {@link follow}. */
  constructor(
    log: Pick<ReplicatedLog, "follow" | "append">,
    machine: Pick<StateMachine, "applied" | "chain">,
    listener: LogReaderListener,
  ) {
    this.#log = log;
    this.#machine = machine;
    this.#listener = listener;
  }

  /** What has arrived, in the order of the log. */
  get arrived(): readonly LogRecord[] {
    return this.#arrived;
  }

  /** For how long the leader of the log has not answered, in milliseconds; 0 while it is not read. */
  get unansweredMs(): number {
    return this.#following?.unansweredMs ?? 0;
  }

  /** Reads from a place on, unless it reads already. */
  follow(place: number): void {
    if (this.#following !== null) return;
    const turn = ++this.#turn;
    const filler = this.#filler = new LogFiller(this.#log);
    this.#following = this.#log.follow(
      place,
      (records) => {
        if (turn !== this.#turn) return;
        this.#arrived.push(...records);
        this.#listener.onArrived();
      },
      (what) => {
        if (turn === this.#turn) this.#listener.onBreak(what);
      },
      (count) => this.#fill(filler, count),
    );
  }

  /** Takes note of a record of this server that is applied. */
  note(own: Pick<AppliedRecord, "origin" | "n">): void {
    this.#own = own;
  }

  /** Drops the first of what has arrived: it is applied. */
  drop(count: number): void {
    this.#arrived.splice(0, count);
  }

  /** Reads no more, and drops what has arrived. */
  async stop(): Promise<void> {
    const following = this.#following;
    this.#turn++;
    this.#following = null;
    this.#arrived = [];
    this.#filler?.[Symbol.dispose]();
    await following?.[Symbol.asyncDispose]();
  }

  /** What has arrived, and is not applied yet, is not known to be right. */
  #fill(filler: LogFiller, count: number): void {
    if (this.#own === null || this.#arrived.length > 0) return;
    const { origin, n } = this.#own;
    const { applied: seenPlace, chain: seenChain } = this.#machine;
    filler.fill(count, { origin, n, seenPlace, seenChain }); // Never rejects
  }
}
