/** The size that a segment grows to; a larger frame gets a segment of its own size. */
const SEGMENT_BYTES = 64 * 1024;
/** The first size of a segment: the log of a quiet room stays small. */
const FIRST_BYTES = 1024;

const NOTHING = new Uint8Array(0);

interface Segment {
  /** Replaced by a larger copy as the segment grows: views into the old buffer stay unchanged. */
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
  next: Segment | null;
  /** The last view that was made: most readers are at the same position and share it. */
  lastView: { readonly from: number; readonly bytes: Uint8Array<ArrayBuffer> };
}

function newSegment(): Segment {
  return { bytes: NOTHING, length: 0, next: null, lastView: { from: 0, bytes: NOTHING } };
}

function view(segment: Segment, from: number, count: number): Uint8Array<ArrayBuffer> {
  const { lastView } = segment;
  if (lastView.from === from && lastView.bytes.length === count) return lastView.bytes;
  const bytes = segment.bytes.subarray(from, from + count);
  segment.lastView = { from, bytes };
  return bytes;
}

/** Makes room for `length` bytes in total. */
function grow(segment: Segment, length: number): void {
  const doubled = Math.min(SEGMENT_BYTES, Math.max(FIRST_BYTES, segment.bytes.length * 2));
  const larger = new Uint8Array(Math.max(doubled, length));
  larger.set(segment.bytes.subarray(0, segment.length));
  segment.bytes = larger;
}

/**
 * An append-only log of encoded frames that many connections read, each at its own pace.
 *
 * A frame is copied in once, whatever the number of readers; a reader that is behind gets all the
 * frames it missed in one piece. Segments link forwards only, so a segment that every cursor has
 * passed is garbage. Frames never straddle segments.
 */
export class FrameLog {
  #tail = newSegment();
  #end = 0;

  /** Bytes appended since the log was made. */
  get end(): number {
    return this.#end;
  }

  /** Appends a copy of a whole frame. */
  append(frame: Uint8Array): void {
    const tail = this.#tailFor(frame.length);
    tail.bytes.set(frame, tail.length);
    tail.length += frame.length;
    this.#end += frame.length;
  }

  /** A cursor that reads everything appended from now on. */
  cursor(): FrameLogCursor {
    return new FrameLogCursor(this, this.#tail);
  }

  /** The segment that has room for `count` more bytes. */
  #tailFor(count: number): Segment {
    if (this.#tail.length > 0 && this.#tail.length + count > SEGMENT_BYTES) {
      const segment = newSegment();
      this.#tail.next = segment;
      this.#tail = segment;
    }
    const length = this.#tail.length + count;
    if (length > this.#tail.bytes.length) grow(this.#tail, length);
    return this.#tail;
  }
}

interface Range {
  readonly from: number;
  to: number;
}

/** The position of a reader in a {@link FrameLog}. */
export class FrameLogCursor {
  readonly #log: FrameLog;
  #segment: Segment;
  #offset: number;
  #position: number;
  /** Log positions hidden from this reader: ascending, with gaps between the ranges. */
  readonly #excluded: Range[] = [];

  /** Use {@link FrameLog.cursor}. */
  constructor(log: FrameLog, tail: Segment) {
    this.#log = log;
    this.#segment = tail;
    this.#offset = tail.length;
    this.#position = log.end;
  }

  /** Bytes of the log that this reader has not read yet. */
  get lagBytes(): number {
    return this.#log.end - this.#position;
  }

  /** Hides the bytes from position `from` to the present end of the log from this reader. */
  excludeSince(from: number): void {
    const to = this.#log.end;
    const last = this.#excluded.at(-1);
    if (last?.to === from) last.to = to;
    else if (from < to) this.#excluded.push({ from, to });
  }

  /**
   * Reads the next whole frames; `null` if there are none. The view into the log stays valid and
   * unchanged.
   */
  next(): Uint8Array<ArrayBuffer> | null {
    for (;;) {
      if (this.#offset === this.#segment.length && this.#segment.next !== null) {
        this.#segment = this.#segment.next;
        this.#offset = 0;
      }
      const available = this.#segment.length - this.#offset;
      if (available === 0) return null;
      const [excluded] = this.#excluded;
      if (excluded === undefined) return this.#advance(available);
      const untilExcluded = excluded.from - this.#position;
      if (untilExcluded > 0) return this.#advance(Math.min(available, untilExcluded));
      this.#skip(excluded, available);
    }
  }

  #skip(excluded: Range, available: number): void {
    this.#advance(Math.min(available, excluded.to - this.#position));
    if (this.#position === excluded.to) this.#excluded.shift();
  }

  #advance(count: number): Uint8Array<ArrayBuffer> {
    const bytes = view(this.#segment, this.#offset, count);
    this.#offset += count;
    this.#position += count;
    return bytes;
  }
}
