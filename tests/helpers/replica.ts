import type { DatabaseSync } from "node:sqlite";
import { History, type HistoryOptions } from "../../lib/chat/history.ts";
import { firstChain, showChain } from "../../lib/cluster/chain.ts";
import { beginCluster } from "../../lib/cluster/cluster_row.ts";
import type { LogRecord } from "../../lib/cluster/engine.ts";
import type { AppliedRecord, LogEntry } from "../../lib/cluster/entry.ts";
import { encodeEntry, encodeRecord, type RecordHead } from "../../lib/cluster/record.ts";
import { type Progress, StateMachine } from "../../lib/cluster/state_machine.ts";
import { isShared } from "../../lib/files/database_snapshot.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";

/** The epoch of the logs of {@link Replica}s. */
export const EPOCH = "00112233445566778899aabbccddeeff";
/** The chain before their first record, as it is shown. */
export const START = showChain(firstChain(EPOCH));
/** Servers, and an incarnation of each. */
export const ORIGINS = ["aaaaaaaa.1", "bbbbbbbb.1", "cccccccc.1"] as const;

/** Options of a {@link Replica}; each has a default. */
export interface ReplicaOptions {
  readonly path?: string;
  readonly server?: string;
  readonly history?: HistoryOptions;
}

/** A database that follows a log, as one server does it. Disposal closes it. */
export class Replica implements Disposable {
  readonly database: DatabaseSync;
  readonly #options: HistoryOptions;
  machine: StateMachine;
  /** What was applied, in its order. */
  readonly applied: AppliedRecord[] = [];

  constructor({ path = IN_MEMORY, server = "aaaaaaaa", history = {} }: ReplicaOptions = {}) {
    this.#options = history;
    this.database = openDatabase(path);
    beginCluster(this.database, { name: "test", epoch: EPOCH, server });
    this.machine = this.#start();
  }

  /** Applies records until all are done with, or the machine stops. */
  apply(records: readonly LogRecord[]): Progress["stop"] {
    let left = records;
    for (;;) {
      const { applied, consumed, stop } = this.machine.apply(left);
      this.applied.push(...applied);
      left = left.slice(consumed);
      if (stop !== null || left.length === 0) return stop;
    }
  }

  /** Begins anew with what is in the database. */
  restart(): void {
    this.machine = this.#start();
  }

  /** All rows of all tables that are the same on all servers. */
  rows(): Record<string, unknown[]> {
    return replicatedRows(this.database);
  }

  #start(): StateMachine {
    return new StateMachine({
      database: this.database,
      history: new History(this.database, this.#options),
    });
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

/** All rows of all tables that are the same on all servers of a cluster. */
export function replicatedRows(database: DatabaseSync): Record<string, unknown[]> {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map(({ name }) => String(name))
    .filter((name) => isShared(name) || name === "sqlite_sequence");
  const rowsOf = (table: string) =>
    database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all().map((row) => {
      const { server: _, ...rest } = row;
      return table === "cluster" ? rest : { ...row };
    });
  return Object.fromEntries(tables.map((table) => [table, rowsOf(table)]));
}

/** Encodes a record of entries. */
export function recordOf(head: RecordHead, entries: readonly LogEntry[]): Uint8Array {
  return encodeRecord(head, entries.map(encodeEntry));
}

/** Applies entries at a time, in one record; returns the outcome of each, or why it is refused. */
export function applyAt(
  replica: Replica,
  stampMs: number,
  ...entries: readonly LogEntry[]
): unknown[] {
  const place = replica.machine.applied + 1;
  const head = { origin: ORIGINS[0], n: place, seenPlace: 0, seenChain: START };
  replica.apply([{ place, stampMs, payload: recordOf(head, entries) }]);
  return replica.applied.at(-1)!.results.map((result) =>
    result.kind === null ? result.error.reason ?? result.error.code : result.outcome
  );
}

/** A message to a room. */
export function sayOf(text: string, room = "lobby"): LogEntry {
  return { kind: "say", room, draft: { event: "message", from: "ana", text, time: 0 } };
}
