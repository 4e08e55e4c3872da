import { ProtocolError } from "../../protocol/errors.ts";
import {
  DATA_TYPE_CODE,
  HEADER_BYTES,
  looksLikeTls,
  readHeader,
  typeName,
  ZSTD_TYPE_CODE,
} from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { FrameDeadline, type FramePart } from "./frame_deadline.ts";
import { PartialFrame } from "./partial_frame.ts";

/** A whole frame that carries no file data. The payload is the receiver's own. */
export interface ControlFrame {
  /** Tells the kinds apart. */
  readonly kind: "control";
  /** Four characters. */
  readonly type: string;
  /** At most as long as the limits say. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * File data: the payloads of all data frames that stood side by side in one read, moved together;
 * where frames begin and end has no meaning for data. The buffer is the receiver's own, who may
 * give it back with `recycle`.
 */
export interface DataChunk {
  /** Tells the kinds apart. */
  readonly kind: "data";
  /** A part of the buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A whole frame of compressed file data, not inflated. The payload is the receiver's own. */
export interface ZstdFrame {
  /** Tells the kinds apart. */
  readonly kind: "zstd";
  /** One frame of Zstandard (RFC 8878). */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What a {@link FrameReader} reads. */
export type Frame = ControlFrame | DataChunk | ZstdFrame;

/** The limits that the reader enforces, for its owner or for tests to change. */
export interface FrameReaderLimits {
  /** Largest payload of a control frame. */
  controlBytes: number;
  /** Largest payload of a data frame. */
  dataBytes: number;
  /** From a control frame's first byte to its last. */
  controlFrameMs: number;
  /** A data frame moves at least `dataWindowBytes` in any time of this length. */
  dataWindowMs: number;
  /** See `dataWindowMs`. */
  dataWindowBytes: number;
  /** Size of the buffers while data flows. Default 256 KiB. */
  bufferBytes: number;
}

/** Size of the buffer that an idle connection waits with. */
const IDLE_BUFFER_BYTES = 1024;
const FLOW_BUFFER_BYTES = 256 * 1024;
/** These alone, since every connection has a copy. */
const DEFAULTS: Readonly<FrameReaderLimits> = {
  controlBytes: LIMITS.controlBytes,
  dataBytes: LIMITS.dataBytes,
  controlFrameMs: LIMITS.controlFrameMs,
  dataWindowMs: LIMITS.dataWindowMs,
  dataWindowBytes: LIMITS.dataWindowBytes,
  bufferBytes: FLOW_BUFFER_BYTES,
};
/** Received buffers that are kept for the next reads. */
const SPARE_BUFFERS = 4;

/**
 * Turns a byte stream into frames.
 *
 * One BYOB read fills a buffer; its frames are parsed where they lie. Control payloads are copied
 * out, data is handed on with its buffer. Nothing is allocated for a size before that size has
 * passed its limit, and nothing is read ahead of the caller: who does not call `read` pushes back.
 */
export class FrameReader {
  readonly #source: ReadableStreamBYOBReader;
  readonly #limits: FrameReaderLimits;
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #position = 0;
  #bufferBytes = IDLE_BUFFER_BYTES;
  #allowsZstd = false;
  #spare: ArrayBuffer[] = [];

  /** The beginning of a header that lies across two buffers. */
  #header: Uint8Array | null = null;
  #headerLength = 0;
  #partial: PartialFrame | null = null;
  #dataLeft = 0;
  #sawTls = false;

  readonly #deadline: FrameDeadline;

  /** Takes the stream for itself; `limits` overrides the table's. */
  constructor(
    source: ReadableStream<Uint8Array<ArrayBuffer>>,
    limits: Partial<FrameReaderLimits> = {},
  ) {
    this.#source = source.getReader({ mode: "byob" });
    this.#limits = { ...DEFAULTS, ...limits };
    this.#deadline = new FrameDeadline(this.#limits);
  }

  /**
   * The next frame or run of data, or `null` when the stream ended between two frames.
   *
   * @throws {ProtocolError} `too-large` for a size beyond the limit of its type, `truncated` when
   * the stream ends inside a frame; and whatever the source throws
   */
  async read(): Promise<Frame | null> {
    for (;;) {
      const frame = this.#parse();
      if (frame !== null) return frame;
      const buffer = this.#spare.pop() ?? new ArrayBuffer(this.#bufferBytes);
      this.#deadline.startWaiting();
      const { value } = await this.#source.read(new Uint8Array(buffer));
      if (!this.#accept(value)) return null;
    }
  }

  /** Whether `read` failed because the peer speaks TLS, and expects that of us. */
  get sawTls(): boolean {
    return this.#sawTls;
  }

  /** Gives the buffer of a {@link DataChunk} back for later reads. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#bufferBytes && this.#spare.length < SPARE_BUFFERS) {
      this.#spare.push(buffer);
    }
  }

  /** While data flows, buffers of that size are worth it from now on. */
  useBuffers(bytes: number): void {
    this.#limits.bufferBytes = bytes;
  }

  /** From now on FZST is a frame of data, with the limit of one: the peer speaks protocol 2. */
  allowZstd(): void {
    this.#allowsZstd = true;
  }

  /** For how long a `read` has been waiting for the peer; 0 when nobody reads. */
  silentMs(nowMs: number): number {
    return this.#deadline.waitingMs(nowMs);
  }

  /**
   * Whether the peer has begun a frame and takes longer for it than the limits allow. Time in
   * which nobody called `read` does not count.
   *
   * @param nowMs a reading of `performance.now()`
   */
  isOverdue(nowMs: number): boolean {
    return this.#deadline.isOverdue(this.#part(), nowMs);
  }

  /** Ends the stream; a pending `read` resolves to `null` or throws. Never throws itself. */
  async cancel(): Promise<void> {
    await this.#source.cancel().catch(() => {});
  }

  /** What the peer is in the middle of sending. */
  #part(): FramePart {
    if (this.#dataLeft > 0) return "data";
    if (this.#partial !== null) return this.#isZstd(this.#partial.code) ? "data" : "control";
    return this.#headerLength > 0 ? "control" : "nothing";
  }

  /** Takes what came in, to be parsed; `false` at the end of the stream. */
  #accept(value: Uint8Array<ArrayBuffer> | undefined): boolean {
    this.#deadline.stopWaiting(this.#part(), value?.length ?? 0);
    if (value === undefined || value.length === 0) {
      if (this.#part() === "nothing") return false;
      this.#sawTls = this.#header !== null && this.#headerLength > 2 &&
        looksLikeTls(this.#header, 0);
      throw new ProtocolError("truncated", "Cannot read the frame: the connection ended inside it");
    }
    this.#resize(value.length);
    this.#buffer = value;
    this.#position = 0;
    return true;
  }

  /** A full buffer asks for a larger one; a nearly empty one says that the flow is over. */
  #resize(received: number): void {
    let bytes = this.#bufferBytes;
    if (received === bytes) bytes = Math.min(bytes * 8, this.#limits.bufferBytes);
    else if (received < IDLE_BUFFER_BYTES) bytes = IDLE_BUFFER_BYTES;
    if (bytes === this.#bufferBytes) return;
    this.#bufferBytes = bytes;
    this.#spare = [];
  }

  /** Parses until a frame is complete or the buffer is used up. */
  #parse(): Frame | null {
    // The payloads of the data frames of this buffer so far, moved together
    let runStart = 0;
    let runEnd = 0;
    while (this.#buffer !== null) {
      const buffer = this.#buffer;
      const partial = this.#partial;
      if (partial !== null) {
        this.#position += partial.append(buffer.subarray(this.#position));
        if (partial.isWhole) return this.#whole(partial);
      }
      const available = buffer.length - this.#position;
      if (available === 0) {
        this.#buffer = null;
        return this.#takeChunk(buffer, runStart, runEnd);
      }
      if (this.#dataLeft > 0) {
        const count = Math.min(this.#dataLeft, available);
        if (runEnd === runStart) runStart = runEnd = this.#position;
        else buffer.copyWithin(runEnd, this.#position, this.#position + count);
        runEnd += count;
        this.#position += count;
        this.#dataLeft -= count;
        continue;
      }
      // Data goes before the frame that follows it, as a copy, since the buffer stays
      const otherBegins = this.#readHeader(buffer) && this.#partial !== null;
      if (otherBegins && runEnd > runStart) {
        return { kind: "data", bytes: buffer.slice(runStart, runEnd) };
      }
    }
    return null;
  }

  #whole({ code, payload }: PartialFrame): Frame {
    this.#partial = null;
    if (this.#isZstd(code)) return { kind: "zstd", payload };
    return { kind: "control", type: typeName(code), payload };
  }

  #isZstd(code: number): boolean {
    return this.#allowsZstd && code === ZSTD_TYPE_CODE;
  }

  #takeChunk(buffer: Uint8Array<ArrayBuffer>, start: number, end: number): DataChunk | null {
    if (end > start) return { kind: "data", bytes: buffer.subarray(start, end) };
    this.recycle(buffer.buffer);
    return null;
  }

  /** Takes header bytes; `true` once a header is complete and its frame has begun. */
  #readHeader(buffer: Uint8Array): boolean {
    const start = this.#position;
    if (this.#headerLength === 0) {
      this.#deadline.restart();
      if (buffer.length - start >= HEADER_BYTES) {
        this.#position = start + HEADER_BYTES;
        this.#begin(buffer, start);
        return true;
      }
    }
    const end = Math.min(start + HEADER_BYTES - this.#headerLength, buffer.length);
    const header = this.#header ??= new Uint8Array(HEADER_BYTES);
    header.set(buffer.subarray(start, end), this.#headerLength);
    this.#headerLength += end - start;
    this.#position = end;
    if (this.#headerLength < HEADER_BYTES) return false;
    this.#headerLength = 0;
    this.#begin(header, 0);
    return true;
  }

  /** Begins the frame whose header lies at `offset`. */
  #begin(bytes: Uint8Array, offset: number): void {
    const { size, code } = readHeader(bytes, offset);
    const isData = code === DATA_TYPE_CODE;
    const limit = isData || this.#isZstd(code) ? this.#limits.dataBytes : this.#limits.controlBytes;
    if (size > BigInt(limit)) {
      this.#sawTls = looksLikeTls(bytes, offset);
      throw new ProtocolError(
        "too-large",
        `Cannot accept the frame: its size is ${size} bytes, at most ${limit} are allowed`,
      );
    }
    if (isData) {
      this.#dataLeft = Number(size);
      this.#deadline.restart();
      return;
    }
    if (this.#isZstd(code)) this.#deadline.restart();
    this.#partial = new PartialFrame(code, Number(size));
  }
}
