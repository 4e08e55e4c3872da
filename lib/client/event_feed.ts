import { onAbort } from "../async/on_abort.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { ReceivedEvent } from "./chat.ts";

/** A loop over events has fallen too far behind; what it has not got is lost to it. */
export class LaggedError extends Error {
  /** Identifies the class where `instanceof` cannot. */
  override readonly name = "LaggedError";
  /** There is one reason only. */
  readonly code = "lagged";

  /** The message is for logs. */
  constructor() {
    super(`Cannot go on: ${LIMITS.waitingEvents} events wait already`);
  }
}

/** Hands the events of a connection to any number of loops, each with a queue of its own. */
export class EventFeed {
  readonly #queues = new Set<Pick<EventQueue<unknown>, "push" | "end">>();
  /** Events that came while connecting, as long as none has come since: the first loops begin there. */
  #early: ReceivedEvent[] = [];
  /** Why no more events will come; `null` in it for an end that was asked for. */
  #ended: { readonly reason: Error | null } | null = null;

  /** Hands out an event. @param isEarly whether no loop can have begun yet */
  publish(event: ReceivedEvent, isEarly: boolean): void {
    if (!isEarly) this.#early = [];
    else if (this.#early.length <= LIMITS.waitingEvents) this.#early.push(event); // One more than fit
    for (const queue of this.#queues) queue.push(event);
  }

  /** Ends all loops, when they have what waits for them. */
  end(reason: Error | null): void {
    this.#ended = { reason };
    for (const queue of this.#queues) queue.end(reason);
  }

  /**
   * A loop over the events of which `select` makes something.
   *
   * @param select `null` for an event to leave out
   */
  subscribe<T>(
    select: (event: ReceivedEvent) => T | null,
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<T> {
    const queue = new EventQueue(select);
    this.#queues.add(queue);
    queue.start(() => this.#queues.delete(queue), signal);
    for (const event of this.#early) queue.push(event);
    if (this.#ended !== null) queue.end(this.#ended.reason);
    return queue;
  }
}

/** The events that wait for one loop. */
class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #select: (event: ReceivedEvent) => T | null;
  #onEnd: () => void = () => {};
  #abortion: Disposable | null = null;
  #waiting: T[] = [];
  /** Calls of `next` that wait. */
  #readers: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  /** How the loop ends, when nothing waits any more. */
  #ended: { readonly reason: unknown } | null = null;

  constructor(select: (event: ReceivedEvent) => T | null) {
    this.#select = select;
  }

  /** @param onEnd called once, when nothing more is taken */
  start(onEnd: () => void, signal: AbortSignal | undefined): void {
    this.#onEnd = onEnd;
    this.#abortion = onAbort(signal, () => {
      this.#waiting = [];
      this.end(signal?.reason);
    });
  }

  push(event: ReceivedEvent): void {
    const value = this.#ended === null ? this.#select(event) : null;
    if (value === null) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ value, done: false });
    else if (this.#waiting.length < LIMITS.waitingEvents) this.#waiting.push(value);
    else this.end(new LaggedError());
  }

  /** @param reason `null` for an end without an error */
  end(reason: unknown): void {
    if (this.#ended !== null) return;
    this.#ended = { reason };
    this.#onEnd();
    this.#abortion?.[Symbol.dispose]();
    for (const reader of this.#readers.splice(0)) settle(reader, reason);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const reader = Promise.withResolvers<IteratorResult<T, undefined>>();
    const value = this.#waiting.shift();
    if (value !== undefined) reader.resolve({ value, done: false });
    else if (this.#ended === null) this.#readers.push(reader);
    else settle(reader, this.#ended.reason);
    return reader.promise;
  }

  /** The caller leaves its loop. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#waiting = [];
    this.end(null);
    this.#ended = { reason: null };
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function settle<T>(
  reader: PromiseWithResolvers<IteratorResult<T, undefined>>,
  reason: unknown,
): void {
  if (reason === null) reader.resolve({ value: undefined, done: true });
  else reader.reject(reason);
}
