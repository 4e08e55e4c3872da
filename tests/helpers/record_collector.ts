import type { LogBreak, LogRecord } from "../../lib/cluster/engine.ts";
import { within } from "./deadline.ts";

/** Collects what a follower of a log hands on. */
export class RecordCollector {
  readonly records: LogRecord[] = [];
  /** How many records came in each call. */
  readonly calls: number[] = [];
  readonly broken: LogBreak[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #firstBreak = Promise.withResolvers<LogBreak>();

  /** The texts of all records. */
  readonly seen = new Set<string>();

  /** For `follow`. */
  readonly onRecords = (records: readonly LogRecord[]): void => {
    this.records.push(...records);
    for (const { payload } of records) this.seen.add(new TextDecoder().decode(payload));
    this.calls.push(records.length);
    const done = this.#waiting.filter(({ count }) => count <= this.records.length);
    this.#waiting = this.#waiting.filter(({ count }) => count > this.records.length);
    for (const { resolve } of done) resolve();
  };

  /** For `follow`. */
  readonly onBreak = (what: LogBreak): void => {
    this.broken.push(what);
    this.#firstBreak.resolve(what);
  };

  get places(): number[] {
    return this.records.map(({ place }) => place);
  }

  get texts(): string[] {
    return this.records.map(({ payload }) => new TextDecoder().decode(payload));
  }

  /** Resolves once `count` records have come in all. */
  async until(count: number, deadlineMs?: number): Promise<void> {
    if (this.records.length >= count) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ count, resolve });
    await within(promise, `${count} records`, () => {}, deadlineMs);
  }

  /** Resolves once a record has this text. */
  async untilText(text: string, deadlineMs?: number): Promise<void> {
    for (let count = this.records.length; !this.seen.has(text); count++) {
      await this.until(count + 1, deadlineMs);
    }
  }

  /** Why the log cannot be followed any further. */
  async untilBroken(): Promise<LogBreak> {
    return await within(this.#firstBreak.promise, "a break of the log");
  }
}
