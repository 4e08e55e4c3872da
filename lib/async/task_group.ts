import { Condition } from "./condition.ts";

/** Counts tasks that run in the background, so that a caller can wait for their end. */
export class TaskGroup {
  #count = 0;
  readonly #allEnded = new Condition();

  /** Counts a task, which must not reject, until it ends. */
  add(task: Promise<void>): void {
    this.begin();
    task.finally(() => this.end());
  }

  /** Counts a task that starts now, until `end` is called for it. */
  begin(): void {
    this.#count++;
  }

  /** Ends a task that `begin` counted. */
  end(): void {
    if (--this.#count === 0) this.#allEnded.notifyAll();
  }

  /** Whether no task runs. */
  get isIdle(): boolean {
    return this.#count === 0;
  }

  /** Resolves as soon as no task runs. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : this.#allEnded.wait();
  }
}
