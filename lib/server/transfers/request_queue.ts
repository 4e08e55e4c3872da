import { Condition } from "../../async/condition.ts";
import { TaskGroup } from "../../async/task_group.ts";

/** A request that waits for its turn. */
export interface QueuedRequest {
  /** Prepares the answer while the request before is answered. */
  prepare?(): void;
  /** Answers the request. Never rejects. */
  answer(): Promise<void>;
}

/** Requests of the same kind from a client, answered one after the other in their order. */
export class RequestQueue<T extends QueuedRequest = QueuedRequest> {
  readonly #waiting: T[] = [];
  readonly #running = new TaskGroup();
  readonly #dequeued = new Condition();

  /** Whether every request is answered. */
  get isIdle(): boolean {
    return this.#running.isIdle;
  }

  /** Queues a request. */
  add(request: T): void {
    this.#waiting.push(request);
    if (this.isIdle) this.#run();
  }

  /** Removes up to `max` of the next requests, to be answered together with the current request. */
  removeWhile<U extends T>(isWanted: (request: T) => request is U, max: number): U[] {
    const removed: U[] = [];
    for (let [next] = this.#waiting; removed.length < max && next; [next] = this.#waiting) {
      if (!isWanted(next)) break;
      this.#waiting.shift();
      removed.push(next);
    }
    return removed;
  }

  /** Returns removed requests to the front. */
  putBack(requests: readonly T[]): void {
    this.#waiting.unshift(...requests);
  }

  /** Resolves when fewer than `limit` requests wait. */
  async belowLimit(limit: number): Promise<void> {
    while (this.#waiting.length >= limit) {
      await this.#dequeued.wait();
    }
  }

  /** Resolves when every request is answered. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  async #run(): Promise<void> {
    this.#running.begin();
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#dequeued.notifyAll();
      const answered = next.answer();
      this.#waiting[0]?.prepare?.();
      await answered;
    }
    this.#running.end();
  }
}
