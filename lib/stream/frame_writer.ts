import { concatBytes } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { FrameLogCursor } from "./frame_log.ts";

/** What a connection must be able to do to be written to. */
export interface ByteWriter {
  /** Writes some of `bytes`; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What the writer is for its owner when things go wrong; each is called at most once. */
export interface FrameWriterEvents {
  /** More than the limit waits: the peer reads too slowly. */
  onOverflow(): void;
  /** A write failed: the connection is gone. Everything that waits is dropped. */
  onError(error: unknown): void;
}

interface BulkItem {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes whole frames to a connection, one write at a time.
 *
 * Three lanes, in order of precedence: control frames, the log that the connection follows, and
 * bulk data. What queues up in a lane while a write is under way leaves as one write. Bulk items
 * keep their order; each must hold whole frames, since a control frame may come after it.
 */
export class FrameWriter {
  readonly #sink: ByteWriter;
  readonly #events: FrameWriterEvents;
  readonly #outboundBytes: number;
  #control: Uint8Array[] = [];
  #controlBytes = 0;
  #cursor: FrameLogCursor | null = null;
  #bulk: BulkItem[] = [];
  #pumping = false;
  #idle: PromiseWithResolvers<void> | null = null;
  #failure: { error: unknown } | null = null;
  #overflowed = false;
  #progressMs = 0;
  /** The bulk item that is being written. */
  #writingBulk: BulkItem | null = null;

  /** @param outboundBytes control and log bytes that may wait */
  constructor(
    sink: ByteWriter,
    events: FrameWriterEvents,
    outboundBytes: number = LIMITS.outboundBytes,
  ) {
    this.#sink = sink;
    this.#events = events;
    this.#outboundBytes = outboundBytes;
  }

  /** Queues a frame ahead of all data. The bytes belong to the writer from here on. */
  send(frame: Uint8Array): void {
    if (this.#failure !== null) return;
    this.#control.push(frame);
    this.#controlBytes += frame.length;
    this.wake();
  }

  /**
   * Queues file data. Resolves once it is handed to the system, when the buffer is the caller's
   * again; rejects when the connection fails.
   */
  sendBulk(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#bulk.push({ bytes, resolve, reject });
    this.wake();
    return promise;
  }

  /** From now on the connection gets what is appended to the cursor's log. */
  follow(cursor: FrameLogCursor): void {
    this.#cursor = cursor;
  }

  /** Looks for work; to be called after something was appended to the log. */
  wake(): void {
    if (this.#queuedBytes() > this.#outboundBytes) return this.#overflow();
    if (!this.#pumping && this.#failure === null) this.#pump();
  }

  /** Resolves once everything queued so far is written, or the connection has failed. */
  flushed(): Promise<void> {
    if (!this.#pumping) return Promise.resolve();
    this.#idle ??= Promise.withResolvers<void>();
    return this.#idle.promise;
  }

  /**
   * For how long the peer has taken nothing of what waits for it.
   *
   * @param nowMs a reading of `performance.now()`
   * @returns `null` when nothing waits
   */
  stall(nowMs: number): { waitedMs: number; onlyBulk: boolean } | null {
    if (!this.#pumping) return null;
    return {
      waitedMs: nowMs - this.#progressMs,
      onlyBulk: this.#writingBulk !== null && this.#queuedBytes() === 0,
    };
  }

  /** Drops what waits and rejects its senders; later sends do nothing. */
  abort(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#writingBulk?.reject(error);
    this.#control = [];
    this.#controlBytes = 0;
    this.#cursor = null;
    for (const item of this.#bulk.splice(0)) item.reject(error);
  }

  #queuedBytes(): number {
    return this.#controlBytes + (this.#cursor?.lagBytes ?? 0);
  }

  #overflow(): void {
    if (this.#overflowed) return;
    this.#overflowed = true;
    this.#events.onOverflow();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    this.#progressMs = performance.now();
    try {
      // What comes next is looked up without a pause between finding nothing and having stopped,
      // or something queued in that pause would lie there
      for (let next = this.#takeNext(); next !== null; next = this.#takeNext()) {
        await this.#writeAll(next);
        this.#writingBulk?.resolve();
        this.#writingBulk = null;
      }
    } catch (error) {
      this.#writingBulk?.reject(error);
      if (this.#failure === null) {
        this.abort(error);
        this.#events.onError(error);
      }
    }
    this.#pumping = false;
    this.#idle?.resolve();
    this.#idle = null;
  }

  /** The bytes that are first in line, or `null` when there are none. */
  #takeNext(): Uint8Array | null {
    if (this.#failure !== null) return null;
    const control = this.#takeControl() ?? this.#cursor?.take();
    if (control) return control;
    this.#writingBulk = this.#bulk.shift() ?? null;
    return this.#writingBulk?.bytes ?? null;
  }

  #takeControl(): Uint8Array | null {
    if (this.#control.length === 0) return null;
    const frames = this.#control;
    this.#control = [];
    this.#controlBytes = 0;
    const [first] = frames;
    return frames.length === 1 && first !== undefined ? first : concatBytes(frames);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      offset += await this.#sink.write(offset === 0 ? bytes : bytes.subarray(offset));
      this.#progressMs = performance.now();
    }
  }
}
