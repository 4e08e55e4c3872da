/** A record of the replicated log. */
export interface LogRecord {
  /** Its place in the log: 1, 2, 3 and so on. */
  readonly place: number;
  /**
   * When it was appended, in milliseconds since 1970, by the clock of the server that did; the same on all
   * servers. May be less than that of the record before; 0 if it has none.
   */
  readonly stampMs: number;
  readonly payload: Uint8Array;
}

/** Where a replicated log begins and ends. */
export interface LogExtent {
  /** Names the log: another log has another epoch. 32 hex digits. */
  readonly epoch: string;
  /** The place of the first record that is still there; `last + 1` in an empty log. */
  readonly first: number;
  /** The place of the last record; 0 in a log that never had one. */
  readonly last: number;
}

/**
 * Why a log cannot be followed any further: `replaced`: it is another log; `trimmed`: it begins after the next
 * place; `shortened`: it ends before the last one; `missing`: it does not have the record at the next place, though it
 * does not end before. The last two have been so for long enough to be believed.
 */
export type LogBreak = "replaced" | "trimmed" | "shortened" | "missing";

/** A log that is followed. Disposal ends it. */
export interface LogReading extends AsyncDisposable {
  /** For how long the leader of the log has not answered, in milliseconds. */
  readonly unansweredMs: number;
}

/** A log that a majority of machines keeps, in one order. Nothing conditional is published to it. */
export interface ReplicatedLog {
  /**
   * Resolves when a majority has the record. Publishes the same payload again until then, so that the log
   * may hold it more than once. Rejects only when `signal` fires.
   */
  append(payload: Uint8Array, signal: AbortSignal): Promise<void>;
  /**
   * Calls `onRecords` with all records from `place` on, in their order, without gaps, each once; new ones as
   * they come. Disposal ends it.
   *
   * @param onBreak called once if the log does not go on at the next place: no records follow
   * @param onShort called each second while the log lacks so many of the records before the next place, once it has done
   * so for some seconds
   */
  follow(
    place: number,
    onRecords: (records: readonly LogRecord[]) => void,
    onBreak?: (what: LogBreak) => void,
    onShort?: (count: number) => void,
  ): LogReading;
  /**
   * Makes the log, unless there is one, and returns where it begins and ends: with that epoch if this call has
   * made it.
   *
   * @throws if it cannot be made
   */
  create(epoch: string): Promise<LogExtent>;
  /** Removes the log with all of its records, if there is one. @throws if it cannot be removed */
  remove(): Promise<void>;
  /** Asks the leader of the log. @throws if it does not answer in time */
  extent(): Promise<LogExtent>;
}

/** A message between servers. */
export interface BusMessage {
  readonly payload: Uint8Array;
  /** Answers a request; does nothing for a message that is none. */
  respond(payload: Uint8Array): void;
}

/** What a request has met in place of an answer. */
export class BusError extends Error {
  /** `nobody`: no server listens to the subject; `late`: no answer in time, or no connection. */
  readonly code: "nobody" | "late";

  /** @param code see above */
  constructor(code: "nobody" | "late", subject: string) {
    super(`Cannot ask ${subject}: ${code === "nobody" ? "nobody listens" : "no answer in time"}`);
    this.name = "BusError";
    this.code = code;
  }
}

/** Messages between servers that nothing keeps: at most once, in the order of each sender. */
export interface Bus {
  /** Publishes to all that listen; does nothing without a connection. */
  publish(subject: string, payload: Uint8Array): void;
  /** @param group of all subscribers in a group, one gets each message */
  subscribe(
    subject: string,
    onMessage: (message: BusMessage) => void,
    group?: string,
  ): Disposable;
  /**
   * Resolves to the answer, in a buffer that holds nothing else, and is the caller's.
   *
   * @throws {BusError}
   */
  request(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Why an engine cannot be used: `unreachable`: no server of it answers; `denied`: it does not take the
 * credentials; `untrusted`: its certificate; `bad-credentials`: the file holds none; `no-log`: the log does not
 * exist; `no-leader`: a majority of its servers does not answer; `too-small`: it cannot keep a log.
 */
export type EngineFailure =
  | "unreachable"
  | "denied"
  | "untrusted"
  | "bad-credentials"
  | "no-log"
  | "no-leader"
  | "too-small";

/** The engine cannot be used. */
export class EngineError extends Error {
  /** @param code what is the case, for programs */
  constructor(readonly code: EngineFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EngineError";
  }
}

/** Whether an error says that there is no log. */
export function isNoLog(error: unknown): boolean {
  return error instanceof EngineError && error.code === "no-log";
}

/** Where a log begins and ends; `null` if there is none. @throws as {@link ReplicatedLog.extent} does else */
export async function extentOf(log: Pick<ReplicatedLog, "extent">): Promise<LogExtent | null> {
  try {
    return await log.extent();
  } catch (error) {
    if (isNoLog(error)) return null;
    throw error;
  }
}

/** Whether the engine can be reached. */
export type EngineState = "connected" | "lost";

/** What several servers need to be one: a replicated log, and messages. Disposal closes the connection. */
export interface Engine extends AsyncDisposable {
  readonly log: ReplicatedLog;
  readonly bus: Bus;
  readonly state: EngineState;
  /** Called at every change of `state`. Disposal of the result ends that. */
  onState(listener: (state: EngineState) => void): Disposable;
}
