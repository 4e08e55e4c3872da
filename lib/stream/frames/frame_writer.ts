import { Latch } from "../../async/latch.ts";
import { concatBytes } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
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

/** What waits in several logs is joined into one write where it is less: copying is cheaper then. */
const JOINED_BYTES = 16 * 1024;
/** Bulk items are joined up to this size: a write of its own costs more than to copy them. */
const JOINED_BULK_BYTES = 64 * 1024;

interface BulkItem {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes whole frames to a connection, one write at a time.
 *
 * Three lanes, in order of precedence: control frames, the logs that the connection follows, and
 * bulk data. What queues up in one of the first two while a write is under way leaves as one write,
 * as far as it is not much. Bulk items keep their order; each must hold whole frames, since a control
 * frame may come after it.
 */
export class FrameWriter {
  readonly #sink: ByteWriter;
  readonly #events: FrameWriterEvents;
  readonly #outboundBytes: number;
  #control: Uint8Array[] = [];
  #controlBytes = 0;
  #cursors: FrameLogCursor[] = [];
  #turn = 0;
  #bulk: BulkItem[] = [];
  #pumping = false;
  readonly #idle = new Latch();
  #failure: { error: unknown } | null = null;
  #overflowed = false;
  #progressMs = 0;
  /** The bulk items that are being written. */
  #writingBulk: BulkItem[] = [];

  /**
   * Writes nothing yet.
   *
   * @param outboundBytes control and log bytes that may wait
   */
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
    this.queue(frame);
    this.wake();
  }

  /** The same, but it leaves with what is sent next, or after `wake`. */
  queue(frame: Uint8Array): void {
    if (this.#failure !== null) return;
    this.#control.push(frame);
    this.#controlBytes += frame.length;
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

  /** From now on the connection gets what is appended to the cursor's log, too. */
  follow(cursor: FrameLogCursor): void {
    // As long as need be: what grows by `push` has room for 17, and there are many connections
    if (this.#failure === null) this.#cursors = [...this.#cursors, cursor];
  }

  /** From now on it does not. What was appended before leaves before what is sent after this call. */
  unfollow(cursor: FrameLogCursor): void {
    const index = this.#cursors.indexOf(cursor);
    if (index === -1) return;
    this.#cursors.splice(index, 1);
    this.#gatherFrom(cursor);
    this.wake();
  }

  /** What waits in the logs leaves before what is queued or sent after this call. */
  gather(): void {
    for (const cursor of this.#cursors) this.#gatherFrom(cursor);
  }

  /** Control frames and log that wait to be sent. */
  get queuedBytes(): number {
    return this.#queuedBytes();
  }

  /** Looks for work; to be called after something was appended to a log. */
  wake(): void {
    if (this.#queuedBytes() > this.#outboundBytes) return this.#overflow();
    if (!this.#pumping && this.#failure === null) this.#pump();
  }

  /** Resolves once everything queued so far is written, or the connection has failed. */
  flushed(): Promise<void> {
    return this.#pumping ? this.#idle.wait() : Promise.resolve();
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
      onlyBulk: this.#writingBulk.length > 0 && this.#queuedBytes() === 0,
    };
  }

  /** Drops what waits and rejects its senders; later sends do nothing. */
  abort(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    for (const item of this.#writingBulk) item.reject(error);
    this.#control = [];
    this.#controlBytes = 0;
    this.#cursors = [];
    for (const item of this.#bulk.splice(0)) item.reject(error);
  }

  #gatherFrom(cursor: FrameLogCursor): void {
    for (let piece = cursor.next(); piece !== null; piece = cursor.next()) this.queue(piece);
  }

  #queuedBytes(): number {
    let bytes = this.#controlBytes;
    for (const cursor of this.#cursors) bytes += cursor.lagBytes;
    return bytes;
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
        for (const item of this.#writingBulk) item.resolve();
        this.#writingBulk = [];
      }
    } catch (error) {
      for (const item of this.#writingBulk) item.reject(error);
      if (this.#failure === null) {
        this.abort(error);
        this.#events.onError(error);
      }
    }
    this.#pumping = false;
    this.#idle.open();
  }

  /** The bytes that are first in line, or `null` when there are none. */
  #takeNext(): Uint8Array | null {
    if (this.#failure !== null) return null;
    const frames = this.#takeControl() ?? this.#takeLogged();
    if (frames !== null) return frames;
    this.#writingBulk = this.#takeBulk();
    return this.#writingBulk.length === 0
      ? null
      : joined(this.#writingBulk.map((item) => item.bytes));
  }

  #takeBulk(): BulkItem[] {
    let count = 0;
    let bytes = 0;
    for (const item of this.#bulk) {
      bytes += item.bytes.length;
      if (count > 0 && bytes > JOINED_BULK_BYTES) break;
      count++;
    }
    return this.#bulk.splice(0, count);
  }

  #takeControl(): Uint8Array | null {
    if (this.#control.length === 0) return null;
    const frames = this.#control;
    this.#control = [];
    this.#controlBytes = 0;
    return joined(frames);
  }

  #takeLogged(): Uint8Array | null {
    const first = this.#takePiece();
    if (first === null || first.length >= JOINED_BYTES) return first;
    const pieces = [first];
    for (let bytes = first.length; bytes < JOINED_BYTES;) {
      const piece = this.#takePiece(JOINED_BYTES - bytes);
      if (piece === null) break;
      pieces.push(piece);
      bytes += piece.length;
    }
    return joined(pieces);
  }

  /** From a log in which at most so much waits. They take turns: none waits behind a busy one. */
  #takePiece(maxBytes = Infinity): Uint8Array | null {
    for (const _ of this.#cursors) {
      const cursor = this.#cursors[this.#turn++ % this.#cursors.length];
      if (cursor === undefined || cursor.lagBytes > maxBytes) continue;
      const piece = cursor.next();
      if (piece !== null) return piece;
    }
    return null;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      offset += await this.#sink.write(offset === 0 ? bytes : bytes.subarray(offset));
      this.#progressMs = performance.now();
    }
  }
}

/** Several buffers as one; a single one is not copied. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : concatBytes(parts);
}
