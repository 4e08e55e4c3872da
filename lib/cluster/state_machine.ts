import type { DatabaseSync } from "node:sqlite";
import { Listeners } from "../async/listeners.ts";
import { databaseErrorCode, inTransaction } from "../files/database.ts";
import { RequestError } from "../protocol/errors.ts";
import { CLUSTER_LIMITS } from "../protocol/cluster_limits.ts";
import { makeAppliers, type ReplicatedState } from "./appliers.ts";
import { nextChain, showChain } from "./chain.ts";
import { readClusterRow } from "./cluster_row.ts";
import type { LogRecord } from "./engine.ts";
import type {
  AppliedRecord,
  AppliedResult,
  Applier,
  Appliers,
  EntryContext,
  EntryKindName,
  EntryResult,
  LogEntry,
} from "./entry.ts";
import { decodeRecord, isAfterLoss, type RecordContent } from "./record.ts";

/** Chains of so many records are stored: all servers know the same ones, also after a restart. */
const STORED_CHAINS = 65_536;

/**
 * Why a state machine does not go on.
 *
 * - `busy`, `no-space`, `failed`: the database could not be written; nothing of the records after
 *   those that are returned is applied, and the same records may be applied again.
 * - `newer`: the record has a version or a kind of entries that this program does not know.
 * - `diverged`: the log begins with another state than that of this server.
 * - `gap`: the record does not follow the last one.
 */
export type StopCode = "busy" | "no-space" | "failed" | "newer" | "diverged" | "gap";

/** Where and why a state machine has stopped. */
export interface Stop {
  readonly code: StopCode;
  /** The place of the record that is not applied. */
  readonly place: number;
  /** The incarnation that appended the record, as far as it is known. */
  readonly origin: string | null;
  /** The error of the database, or `null`. */
  readonly error: unknown;
}

/** What has come of records. */
export interface Progress {
  /** What is applied and stored, in the order of the log. */
  readonly applied: readonly AppliedRecord[];
  /** How many of the records are done with, those that had been applied before included. */
  readonly consumed: number;
  /** `null` if the rest of the records may follow in a later turn. */
  readonly stop: Stop | null;
}

/** Ends a transaction without an error of the database. */
class StopError extends Error {
  constructor(readonly code: StopCode, readonly origin: string | null = null) {
    super(code);
  }
}

/**
 * Applies the records of the log to the database of this server, in their order: one transaction for
 * as many as are given at once, with the place of the last one. What it does follows from the
 * records and the database only, so all servers come to the same.
 */
export class StateMachine {
  readonly #database: DatabaseSync;
  readonly #state: ReplicatedState;
  readonly #appliers: Appliers<EntryKindName>;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #divergedListeners = new Listeners<[AppliedRecord]>();
  #applied: number;
  #chain: Uint8Array;
  /**
   * Whether it stops, as where a record is missing, before one that follows a loss of the log: a server that is not in
   * step yet can take the state of one that has lost nothing. Those in step skip it, so that a single one that has
   * diverged stops none of them.
   */
  stopsAfterLoss = false;

  /** Uses the state, does not own it. @throws if the database belongs to no cluster */
  constructor(state: ReplicatedState) {
    const row = readClusterRow(state.database);
    if (row === null) throw new Error("Cannot follow a log: the database belongs to no cluster");
    this.#database = state.database;
    this.#state = state;
    this.#appliers = makeAppliers(state);
    this.#statements = prepareStatements(state.database);
    this.#applied = row.applied;
    this.#chain = row.chain;
  }

  /** The place of the last record that is applied; 0 for none. */
  get applied(): number {
    return this.#applied;
  }

  /** The chain there, as it is shown. */
  get chain(): string {
    return showChain(this.#chain);
  }

  /** The chain at a place, as it is shown; `null` if this server does not know it, or no more. */
  chainAt(place: number): string | null {
    const row = this.#statements.chainAt.get(place);
    return row === undefined ? null : String(row.chain);
  }

  /**
   * Calls `listener` with each record that was skipped since its origin has applied other records than this
   * server. It must not throw.
   */
  onDiverged(listener: (record: AppliedRecord) => void): Disposable {
    return this.#divergedListeners.add(listener);
  }

  /**
   * Applies records that follow each other, as many as fit into a turn of the event loop. Those that
   * were applied before are left out.
   */
  apply(records: readonly LogRecord[]): Progress {
    const before = { applied: this.#applied, chain: this.#chain };
    const run = new Run();
    try {
      this.#state.checkStorage?.();
      inTransaction(this.#database, () => this.#applyAll(records, run));
      this.#state.history.changes.settle(true);
      this.#tellDiverged(run.applied);
      return run.end();
    } catch (error) {
      this.#state.history.changes.settle(false);
      this.#applied = before.applied;
      this.#chain = before.chain;
      const { place = 0 } = records[0] ?? {};
      return { applied: [], consumed: 0, stop: stopOf(error, place) };
    }
  }

  /** A record that cannot be applied ends the transaction behind the one before it. */
  #applyAll(records: readonly LogRecord[], run: Run): void {
    for (const record of records) {
      if (run.isFull) break;
      if (record.place > this.#applied) {
        try {
          run.add(this.#applyRecord(record));
        } catch (error) {
          if (!(error instanceof StopError)) throw error;
          run.stop = stopOf(error, record.place);
          break;
        }
      }
      run.consumed++;
    }
    this.#state.history.changes.write();
    this.#statements.setApplied.run(this.#applied, this.#chain);
  }

  /** Changes nothing before it is sure that the record can be applied. */
  #applyRecord(record: LogRecord): AppliedRecord {
    const { place, stampMs, payload } = record;
    if (place !== this.#applied + 1) throw new StopError("gap");
    const content = decodeRecord(payload);
    if (content === "newer") throw new StopError("newer");
    if (this.stopsAfterLoss && content !== "malformed" && isAfterLoss(place, content)) {
      throw new StopError("gap", content.origin);
    }
    const { origin, n } = content === "malformed" ? { origin: "", n: 0 } : content;
    const skipped = content === "malformed" ? content : this.#check(content);
    const context = { origin, place, stampMs };
    const entries = content === "malformed" || skipped !== null ? [] : content.entries;
    const results = entries.map((entry) => this.#applyEntry(entry, context));
    if (skipped === null) this.#statements.setCount.run(origin, n);
    this.#advance(record);
    return { place, stampMs, origin, n, skipped, results };
  }

  /** Whether the entries of a record have an effect: all servers that are not the origin decide alike. */
  #check({ origin, n, seenPlace, seenChain }: RecordContent): AppliedRecord["skipped"] {
    const known = this.chainAt(seenPlace);
    // An origin that has seen this place already knows another log
    const isOther = seenPlace > this.#applied || (known !== null && known !== seenChain);
    if (isOther && this.#applied === 0) throw new StopError("diverged", origin);
    if (isOther) return "diverged";
    const row = this.#statements.origin.get(origin);
    if (row !== undefined && row.gone !== null) return "gone";
    const last = Number(row?.n ?? 0);
    if (n <= last) return "repeated";
    // An origin has one record in flight: it knows a log with the one that is missing here
    return n > last + 1 ? "diverged" : null;
  }

  #applyEntry(entry: LogEntry | RequestError, context: EntryContext): EntryResult {
    if (entry instanceof RequestError) return { kind: null, error: entry };
    try {
      const apply = this.#appliers[entry.kind] as Applier<EntryKindName>;
      const outcome = apply(entry, context);
      return { kind: entry.kind, entry, outcome } as AppliedResult;
    } catch (error) {
      if (error instanceof RequestError) return { kind: null, error };
      throw error;
    }
  }

  #tellDiverged(applied: readonly AppliedRecord[]): void {
    for (const record of applied) {
      if (record.skipped === "diverged") this.#divergedListeners.tell(record);
    }
  }

  #advance(record: LogRecord): void {
    const { place } = record;
    this.#applied = place;
    this.#chain = nextChain(this.#chain, record);
    this.#statements.addChain.run(place, this.chain);
    this.#statements.dropChains.run(place - STORED_CHAINS);
  }
}

/** The records of one transaction. */
class Run {
  readonly applied: AppliedRecord[] = [];
  consumed = 0;
  stop: Stop | null = null;
  #entries = 0;

  get isFull(): boolean {
    return this.#entries >= CLUSTER_LIMITS.entriesAtOnce;
  }

  add(record: AppliedRecord): void {
    this.applied.push(record);
    this.#entries += record.results.length + 1;
  }

  end(): Progress {
    return { applied: this.applied, consumed: this.consumed, stop: this.stop };
  }
}

function stopOf(error: unknown, place: number): Stop {
  if (error instanceof StopError) {
    return { code: error.code, place, origin: error.origin, error: null };
  }
  const code = databaseErrorCode(error);
  return { code: code === "internal" ? "failed" : code, place, origin: null, error };
}

function prepareStatements(database: DatabaseSync) {
  return {
    origin: database.prepare("SELECT n, gone FROM origins WHERE incarnation = ?"),
    setCount: database.prepare(
      `INSERT INTO origins VALUES (?, ?, NULL)
       ON CONFLICT (incarnation) DO UPDATE SET n = excluded.n`,
    ),
    setApplied: database.prepare("UPDATE cluster SET applied = ?, chain = ?"),
    chainAt: database.prepare("SELECT chain FROM chains WHERE place = ?"),
    addChain: database.prepare("INSERT INTO chains VALUES (?, ?)"),
    dropChains: database.prepare("DELETE FROM chains WHERE place <= ?"),
  };
}
