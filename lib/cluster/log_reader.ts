import type { LogBreak, LogReading, LogRecord, ReplicatedLog } from "./engine.ts";

/** The records of a log that have arrived, and are not applied yet. Uses the log, does not own it. */
export class LogReader {
  readonly #log: Pick<ReplicatedLog, "follow">;
  readonly #onArrived: () => void;
  readonly #onBreak: (what: LogBreak) => void;
  #following: LogReading | null = null;
  /** Counts the times of following: what an earlier one hands on late is dropped. */
  #turn = 0;
  #arrived: LogRecord[] = [];

  /** Reads nothing until {@link follow}. */
  constructor(
    log: Pick<ReplicatedLog, "follow">,
    onArrived: () => void,
    onBreak: (what: LogBreak) => void,
  ) {
    this.#log = log;
    this.#onArrived = onArrived;
    this.#onBreak = onBreak;
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
    this.#following = this.#log.follow(
      place,
      (records) => {
        if (turn !== this.#turn) return;
        this.#arrived.push(...records);
        this.#onArrived();
      },
      (what) => {
        if (turn === this.#turn) this.#onBreak(what);
      },
    );
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
    await following?.[Symbol.asyncDispose]();
  }
}
