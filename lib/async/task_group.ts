/** Work that goes on by itself, whose end somebody will wait for. */
export class TaskGroup {
  #count = 0;
  #over: PromiseWithResolvers<void> | null = null;

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
    if (--this.#count > 0) return;
    this.#over?.resolve();
    this.#over = null;
  }

  /** Whether nothing runs. */
  get isIdle(): boolean {
    return this.#count === 0;
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    this.#over ??= Promise.withResolvers<void>();
    return this.#over.promise;
  }
}
