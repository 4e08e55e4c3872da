import { Listeners } from "../async/listeners.ts";
import type { Applied, EntryKindName } from "./entry.ts";

/** An applied entry of any kind. */
export type AnyApplied = Applied<EntryKindName>;

/** The listeners of applied entries, which are told of them in the order of the log. */
export class EntryListeners {
  readonly #listeners = new Map<EntryKindName, Listeners<[readonly AnyApplied[]]>>();
  #run: AnyApplied[] = [];

  /** Calls `listener` with entries of a kind that follow each other. It must not throw. */
  add<K extends EntryKindName>(
    kind: K,
    listener: (run: readonly Applied<K>[]) => void,
  ): Disposable {
    const listeners = this.#listeners.getOrInsertComputed(kind, () => new Listeners());
    return listeners.add((run) => listener(run as unknown as readonly Applied<K>[]));
  }

  /** Takes the next entry; those before it are told if it is of another kind. */
  take(applied: AnyApplied): void {
    if (applied.entry.kind !== this.#run[0]?.entry.kind) this.flush();
    this.#run.push(applied);
  }

  /** Tells of all entries that were taken. */
  flush(): void {
    const run = this.#run;
    this.#run = [];
    const kind = run[0]?.entry.kind;
    if (kind !== undefined) this.#listeners.get(kind)?.tell(run);
  }
}
