import { Listeners } from "../../lib/async/listeners.ts";
import type { LogExtent, LogRecord } from "../../lib/cluster/engine.ts";
import type { LogSource } from "../../lib/cluster/log_follower.ts";

/** A log in memory whose live records a test tells, repeats or keeps back. */
export class ScriptedLog implements LogSource {
  readonly stored: LogRecord[] = [];
  epoch = "1";
  first = 1;
  /** What the leader tells in place of the true end; `null`: the truth. */
  told: number | null = null;
  /** Why the leader tells nothing; `null`: it answers. */
  failure: Error | null = null;
  /** Places of stored records that cannot be read. */
  readonly lost = new Set<number>();
  /** Called at each read, before its records. */
  onRead = (): void => {};
  /** Places that were read, each as `from-to`. */
  readonly reads: string[] = [];
  readonly #live = new Listeners<[LogRecord]>();
  readonly #gaps = new Listeners();

  /** Stores as many records. */
  store(count: number): void {
    for (let i = 0; i < count; i++) {
      const place = this.stored.length + 1;
      this.stored.push({ place, stampMs: place, payload: new TextEncoder().encode(`${place}`) });
    }
  }

  /** Tells the followers about stored records, in the order of the places. */
  tell(...places: number[]): void {
    for (const place of places) this.#live.tell(this.stored[place - 1]!);
  }

  /** Says that live records may be missing. */
  reportGap(): void {
    this.#gaps.tell();
  }

  listen(onRecord: (record: LogRecord) => void): Disposable {
    return this.#live.add(onRecord);
  }

  onGap(listener: () => void): Disposable {
    return this.#gaps.add(listener);
  }

  async *read(from: number, to: number): AsyncIterable<readonly LogRecord[]> {
    this.reads.push(`${from}-${to}`);
    await Promise.resolve();
    this.onRead();
    for (let at = from; at <= to; at += 2) {
      const records = this.stored.slice(at - 1, Math.min(at + 1, to));
      yield records.filter(({ place }) => !this.lost.has(place));
    }
  }

  extent(): Promise<LogExtent> {
    const { epoch, first, told, stored, failure } = this;
    if (failure !== null) return Promise.reject(failure);
    return Promise.resolve({ epoch, first, last: told ?? stored.length });
  }
}
