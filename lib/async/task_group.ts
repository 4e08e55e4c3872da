import { Latch } from "./latch.ts";
/** Work that goes on by itself, whose end somebody will wait for. */
export class TaskGroup {
  #count = 0;
  readonly #ended = new Latch();

  /** Keeps hold of work, which must not reject, until it is over. */
  add(work: Promise<void>): void {
    this.begin();
    work.finally(() => this.end());
  }

  /** Work begins that will call `end`. */
  begin(): void {
    this.#count++;
  }

  /** Work that began is over. */
  end(): void {
    if (--this.#count === 0) this.#ended.open();
  }

  /** Whether nothing runs. */
  get isIdle(): boolean {
    return this.#count === 0;
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : this.#ended.wait();
  }
}
