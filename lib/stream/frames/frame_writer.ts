import { Condition } from "../../async/condition.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { FrameLogCursor } from "./frame_log.ts";
import { joinBytes } from "./join_bytes.ts";

/** The part of a connection that frames are written to. */
export interface ByteWriter {
  /** Writes some of `bytes`; resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** The failures that the writer reports; each callback is called at most once. */
export interface FrameWriterEvents {
  /** More than `outboundBytes` wait: the peer reads too slowly. */
  onOverflow(): void;
  /** A write failed: the connection is lost, and everything queued is dropped. */
  onError(error: unknown): void;
}

/** Frames of several logs are joined into a write up to this size, where copying is cheaper. */
const JOINED_BYTES = 16 * 1024;
/** Bulk items are joined up to this size: a write of their own costs more than a copy. */
const JOINED_BULK_BYTES = 64 * 1024;

interface BulkItem {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes whole frames to a connection, one write at a time.
 *
 * It has three lanes, in order of precedence: control frames, the logs that the connection follows,
 * and bulk data. Control frames, and small log pieces, that queue up during a write leave as one
 * write. Bulk items keep their order; each must hold whole frames, since a control frame may follow
 * it.
 */
export class FrameWriter {
  /** Whether so much bulk data may be written now; if not, `wake` asks again. The owner may set it. */
  mayWriteBulk: (bytes: number) => boolean = () => true;
  readonly #sink: ByteWriter;
  readonly #events: FrameWriterEvents;
  readonly #outboundBytes: number;
  #control: Uint8Array[] = [];
  #controlBytes = 0;
  #cursors: FrameLogCursor[] = [];
  #nextCursor = 0;
  #bulk: BulkItem[] = [];
  #state: "idle" | "pumping" | "held" = "idle";
  readonly #idle = new Condition();
  #failure: { error: unknown } | null = null;
  #hasOverflowed = false;
  #progressMs = 0;
  /** See `takenByMs`. */
  #takenByMs = 0;
  /** The bulk items of the write under way. */
  #writingBulk: BulkItem[] = [];

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

  /** Queues a frame ahead of all data. The writer owns the bytes from now on. */
  send(frame: Uint8Array): void {
    this.queue(frame);
    this.wake();
  }

  /** Queues a frame like `send`, but without a write: it leaves with the next `send` or `wake`. */
  queue(frame: Uint8Array): void {
    if (this.#failure !== null) return;
    this.#control.push(frame);
    this.#controlBytes += frame.length;
  }

  /**
   * Queues file data. Resolves once it is handed to the system and the caller owns the buffer
   * again; rejects if the connection fails.
   */
  sendBulk(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#bulk.push({ bytes, resolve, reject });
    this.wake();
    return promise;
  }

  /** Sends what is appended to the cursor's log from now on. */
  follow(cursor: FrameLogCursor): void {
    // A copy of the exact length: `push` reserves 17 places, on each of many connections
    if (this.#failure === null) this.#cursors = [...this.#cursors, cursor];
  }

  /** Stops following a log. Frames appended before leave before frames sent after this call. */
  unfollow(cursor: FrameLogCursor): void {
    const index = this.#cursors.indexOf(cursor);
    if (index === -1) return;
    this.#cursors.splice(index, 1);
    this.#gatherFrom(cursor);
    this.wake();
  }

  /**
   * Makes frames appended to the logs so far leave before frames queued or sent after this call.
   */
  gather(): void {
    for (const cursor of this.#cursors) this.#gatherFrom(cursor);
  }

  /** Bytes of control frames and logs that wait to be sent. */
  get queuedBytes(): number {
    let bytes = this.#controlBytes;
    for (const cursor of this.#cursors) bytes += cursor.lagBytes;
    return bytes;
  }

  /** Starts writing; call it after appending to a log. */
  wake(): void {
    const { queuedBytes } = this;
    if (queuedBytes > this.#outboundBytes) return this.#overflow();
    // The peer could take it: it is not slow
    if (this.#state === "held" && 2 * queuedBytes > this.#outboundBytes) this.#state = "idle";
    if (this.#state === "idle" && this.#failure === null) this.#pump();
  }

  /**
   * Lets everything wait until `release`, or until half of what may wait does. Call it before anything
   * is sent.
   */
  hold(): void {
    this.#state = "held";
  }

  /** Ends `hold`: what was queued meanwhile is written. Repeated calls do nothing. */
  release(): void {
    if (this.#state !== "held") return;
    this.#state = "idle";
    this.wake();
  }

  /** Whether nothing was handed to the system yet. */
  get isUnused(): boolean {
    return this.#state !== "pumping" && this.#takenByMs === 0;
  }

  /** Resolves once all that is queued is written, or the connection has failed. */
  flushed(): Promise<void> {
    return this.#state === "pumping" ? this.#idle.wait() : Promise.resolve();
  }

  /**
   * How long the system has taken nothing of the waiting bytes.
   *
   * @param nowMs a reading of `performance.now()`
   * @returns `null` if nothing waits
   */
  stall(nowMs: number): { waitedMs: number; onlyBulk: boolean } | null {
    if (this.#state !== "pumping") return null;
    return {
      waitedMs: nowMs - this.#progressMs,
      onlyBulk: this.#writingBulk.length > 0 && this.queuedBytes === 0,
    };
  }

  /**
   * When a peer of the slowest pace has taken all that the system holds for it, a reading of
   * `performance.now()`. The system tells only what it takes from the writer, in steps that last
   * minutes on a slow line.
   */
  get takenByMs(): number {
    return this.#takenByMs;
  }

  /** Drops everything queued and rejects its senders; later sends do nothing. */
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

  #overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    this.#events.onOverflow();
  }

  async #pump(): Promise<void> {
    this.#state = "pumping";
    this.#progressMs = performance.now();
    try {
      // No await between finding nothing to write and becoming idle: a frame queued in that
      // gap would never be written
      for (let next = this.#nextWrite(); next !== null; next = this.#nextWrite()) {
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
    this.#state = "idle";
    this.#idle.notifyAll();
  }

  /** The bytes of the next write, or `null` if there are none. */
  #nextWrite(): Uint8Array | null {
    if (this.#failure !== null) return null;
    const frames = this.#dequeueControl() ?? this.#nextLogged();
    if (frames !== null) return frames;
    this.#writingBulk = this.#dequeueBulk();
    return this.#writingBulk.length === 0
      ? null
      : joinBytes(this.#writingBulk.map((item) => item.bytes));
  }

  #dequeueBulk(): BulkItem[] {
    let count = 0;
    let bytes = 0;
    for (const item of this.#bulk) {
      if (count > 0 && bytes + item.bytes.length > JOINED_BULK_BYTES) break;
      bytes += item.bytes.length;
      count++;
    }
    return count > 0 && this.mayWriteBulk(bytes) ? this.#bulk.splice(0, count) : [];
  }

  #dequeueControl(): Uint8Array | null {
    if (this.#control.length === 0) return null;
    const frames = this.#control;
    this.#control = [];
    this.#controlBytes = 0;
    return joinBytes(frames);
  }

  #nextLogged(): Uint8Array | null {
    const first = this.#nextPiece();
    if (first === null || first.length >= JOINED_BYTES) return first;
    const pieces = [first];
    for (let bytes = first.length; bytes < JOINED_BYTES;) {
      const piece = this.#nextPiece(JOINED_BYTES - bytes);
      if (piece === null) break;
      pieces.push(piece);
      bytes += piece.length;
    }
    return joinBytes(pieces);
  }

  /**
   * A piece of a log in which at most `maxBytes` wait. Logs take turns, so a busy log delays none.
   */
  #nextPiece(maxBytes = Infinity): Uint8Array | null {
    for (const _ of this.#cursors) {
      const cursor = this.#cursors[this.#nextCursor++ % this.#cursors.length];
      if (cursor === undefined || cursor.lagBytes > maxBytes) continue;
      const piece = cursor.next();
      if (piece !== null) return piece;
    }
    return null;
  }

  #onTaken(bytes: number): void {
    const nowMs = this.#progressMs = performance.now();
    const takenByMs = Math.max(nowMs, this.#takenByMs) +
      bytes * 1_000 / LIMITS.slowestBytesPerSecond;
    this.#takenByMs = Math.min(takenByMs, nowMs + LIMITS.slowestMs);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length;) {
      const count = await this.#sink.write(offset === 0 ? bytes : bytes.subarray(offset));
      this.#onTaken(count);
      offset += count;
    }
  }
}
