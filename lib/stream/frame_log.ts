/** Bytes of a segment; a larger frame gets a segment of its own size. */
const SEGMENT_BYTES = 64 * 1024;

interface Segment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  length: number;
  next: Segment | null;
}

function newSegment(bytes: number): Segment {
  return { bytes: new Uint8Array(bytes), length: 0, next: null };
}

/**
 * An append-only log of encoded frames that many connections read, each at its own pace.
 *
 * A frame is copied in once, whatever the number of readers; a reader that is behind takes all
 * that it missed in one piece. Segments hang together forwards only, so what every cursor has
 * passed is freed by itself. Frames never straddle segments.
 */
export class FrameLog {
  #tail = newSegment(SEGMENT_BYTES);
  #end = 0;

  /** Bytes appended since the beginning. */
  get end(): number {
    return this.#end;
  }

  /** Appends a copy of a whole frame. */
  append(frame: Uint8Array): void {
    if (this.#tail.length + frame.length > this.#tail.bytes.length) {
      const segment = newSegment(Math.max(SEGMENT_BYTES, frame.length));
      this.#tail.next = segment;
      this.#tail = segment;
    }
    this.#tail.bytes.set(frame, this.#tail.length);
    this.#tail.length += frame.length;
    this.#end += frame.length;
  }

  /** A cursor that will see everything appended from now on. */
  cursor(): FrameLogCursor {
    return new FrameLogCursor(this, this.#tail);
  }
}

/** One reader's place in a {@link FrameLog}. */
export class FrameLogCursor {
  readonly #log: FrameLog;
  #segment: Segment;
  #offset: number;
  #position: number;
  #limit: number | null = null;
  /** Ranges of log positions that this reader does not get, in order. */
  readonly #excluded: Array<{ from: number; to: number }> = [];

  /** Made by {@link FrameLog.cursor}. */
  constructor(log: FrameLog, tail: Segment) {
    this.#log = log;
    this.#segment = tail;
    this.#offset = tail.length;
    this.#position = log.end;
  }

  /** Bytes of the log that this reader has not taken yet. */
  get lagBytes(): number {
    return (this.#limit ?? this.#log.end) - this.#position;
  }

  /** What is appended from now on is not for this reader any more. */
  close(): void {
    this.#limit ??= this.#log.end;
  }

  /** Hides the bytes from position `from` to the log's present end from this reader. */
  excludeSince(from: number): void {
    this.#excluded.push({ from, to: this.#log.end });
  }

  /**
   * The next whole frames, as a view into the log that stays valid and unchanged, or `null` when
   * there are none. They count as taken.
   */
  take(): Uint8Array<ArrayBuffer> | null {
    for (;;) {
      if (this.#offset === this.#segment.length && this.#segment.next !== null) {
        this.#segment = this.#segment.next;
        this.#offset = 0;
      }
      const available = Math.min(this.#segment.length - this.#offset, this.lagBytes);
      if (available === 0) return null;
      const [excluded] = this.#excluded;
      if (excluded === undefined) return this.#advance(available);
      const untilExcluded = excluded.from - this.#position;
      if (untilExcluded > 0) return this.#advance(Math.min(available, untilExcluded));
      this.#skip(excluded, available);
    }
  }

  #skip(excluded: { from: number; to: number }, available: number): void {
    this.#advance(Math.min(available, excluded.to - this.#position));
    if (this.#position === excluded.to) this.#excluded.shift();
  }

  #advance(count: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#segment.bytes.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    this.#position += count;
    return bytes;
  }
}
