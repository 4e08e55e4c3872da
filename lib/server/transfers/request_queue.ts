import { Latch } from "../../async/latch.ts";
import { TaskGroup } from "../../async/task_group.ts";

/** One request that waits for its turn. */
export interface QueuedRequest {
  /** Looks ahead for what the answer will need, while the request before it is answered. */
  prepare(): void;
  /** Answers; must not throw. */
  answer(): Promise<void>;
}

/** The requests of one kind of one client, answered one after the other in their order. */
export class RequestQueue<T extends QueuedRequest = QueuedRequest> {
  readonly #waiting: T[] = [];
  readonly #running = new TaskGroup();
  readonly #taken = new Latch();

  /** How many wait for their turn. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Whether nothing is asked for that is not answered. */
  get isIdle(): boolean {
    return this.#running.isIdle;
  }

  /** Queues a request. */
  add(request: T): void {
    this.#waiting.push(request);
    if (this.isIdle) this.#run();
  }

  /** Takes the next ones out, to be answered with the one that is: no more than `most`. */
  takeWhile<U extends T>(isWanted: (request: T) => request is U, most: number): U[] {
    const taken: U[] = [];
    for (let [next] = this.#waiting; taken.length < most && next; [next] = this.#waiting) {
      if (!isWanted(next)) break;
      this.#waiting.shift();
      taken.push(next);
    }
    return taken;
  }

  /** Puts back what was taken. */
  putBack(requests: readonly T[]): void {
    this.#waiting.unshift(...requests);
  }

  /** Resolves when fewer than `limit` wait. */
  async belowLimit(limit: number): Promise<void> {
    while (this.#waiting.length >= limit) {
      await this.#taken.wait();
    }
  }

  /** Resolves when all answers are sent. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  async #run(): Promise<void> {
    this.#running.begin();
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#taken.open();
      const answered = next.answer();
      this.#waiting[0]?.prepare();
      await answered;
    }
    this.#running.end();
  }
}
