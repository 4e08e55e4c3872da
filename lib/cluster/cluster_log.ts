import type { Applied, EntryKindName, EntryOf, OutcomeOf } from "./entry.ts";

/**
 * The log of a cluster, as the parts of a server use it. What is appended is applied by all servers, in one
 * order; this server applies it to its own database before it tells anybody.
 */
export interface ClusterLog {
  /** This run of this server: `<server id>.<time in base 36>`. Changes when it was declared gone. */
  readonly incarnation: string;
  /** The place of the last record that is applied here. */
  readonly applied: number;
  /** Calls `listener` when the others have taken this server for gone, before it is another incarnation. */
  onOver(listener: () => void): Disposable;
  /** Calls `listener` once this server is another incarnation, before what it appends as such. */
  onIncarnation(listener: () => void): Disposable;
  /**
   * Appends an entry. Resolves to what came of it, once it is applied on this server.
   *
   * @param token handed to the listeners with the applied entry
   * @throws {RequestError} `busy` with the reason `cluster-stalled` if it has not left this server for too
   * long, or `cluster-halted` where this server does not apply the log, `no-space`, `shutting-down`: it will never be
   * applied; `busy` with the reason `outcome-unknown` if it has left, and this server does not apply the log any
   * more; or as all servers refuse it
   */
  append<K extends EntryKindName>(entry: EntryOf<K>, token?: unknown): Promise<OutcomeOf<K>>;
  /**
   * Calls `listener` with each entry of a kind that is applied and not refused: after the transaction, in the
   * order of the log, before the promise of `append` is resolved. It must not throw.
   */
  on<K extends EntryKindName>(kind: K, listener: (applied: Applied<K>) => void): Disposable;
  /** Runs `action` once every entry that was appended before is applied; at once if none is under way. */
  after(action: () => void): void;
  /** Resolves when all that any server has acknowledged before is applied here, or after two seconds. */
  caughtUp(): Promise<void>;
}
