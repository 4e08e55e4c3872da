import type { ReplicatedLog } from "./engine.ts";
import { encodeRecord, type RecordHead } from "./record.ts";

/** Records that are appended at once. */
const AT_ONCE = 64;

/**
 * Gives a log that has lost its last records as many others: the servers that have applied the lost ones ignore them, and
 * go on behind them. Disposal ends it.
 */
export class LogFiller implements Disposable {
  readonly #log: Pick<ReplicatedLog, "append">;
  readonly #end = new AbortController();
  #isFilling = false;

  /** Uses the log, does not own it. */
  constructor(log: Pick<ReplicatedLog, "append">) {
    this.#log = log;
  }

  /**
   * Appends so many records, unless it is at that. Never rejects.
   *
   * @param head with the number of a record that was applied: repeated, they have no effect behind the lost ones either
   */
  async fill(count: number, head: RecordHead): Promise<void> {
    if (this.#isFilling) return;
    this.#isFilling = true;
    const payload = encodeRecord(head, []);
    const append = () => this.#log.append(payload, this.#end.signal);
    for (let left = count; left > 0 && !this.#end.signal.aborted; left -= AT_ONCE) {
      const times = Math.min(left, AT_ONCE);
      await Promise.all(Array.from({ length: times }, append)).catch(() => {}); // It has ended
    }
    this.#isFilling = false;
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }
}
