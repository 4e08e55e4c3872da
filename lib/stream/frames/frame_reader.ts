import { pause } from "../../async/pause.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  concatBytes,
  DATA_TYPE_CODE,
  HEADER_BYTES,
  looksLikeHttp,
  readHeader,
  typeName,
  ZSTD_TYPE_CODE,
} from "../../protocol/frames.ts";
import { FrameDeadline, type FramePart } from "./frame_deadline.ts";
import { type FrameReaderLimits, IDLE_BUFFER_BYTES, READER_LIMITS } from "./frame_reader_limits.ts";
import { freeBytes } from "./free_bytes.ts";
import { PartialFrame } from "./partial_frame.ts";
import { TinyFrames } from "./tiny_frames.ts";

/** A whole frame that is not file data. The receiver owns the payload. */
export interface ControlFrame {
  /** The discriminant. */
  readonly kind: "control";
  /** The four characters of the type. */
  readonly type: string;
  /** At most `controlBytes` long. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * File data: the payloads of all adjacent data frames of one read, moved together, since frame
 * boundaries have no meaning for data. The receiver owns the buffer, and may return it with
 * `recycle`.
 */
export interface DataChunk {
  /** The discriminant. */
  readonly kind: "data";
  /** A view into the buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A whole frame of compressed file data, not inflated. The receiver owns the payload. */
export interface ZstdFrame {
  /** The discriminant. */
  readonly kind: "zstd";
  /** A Zstandard frame (RFC 8878). */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The results of {@link FrameReader.read}. */
export type Frame = ControlFrame | DataChunk | ZstdFrame;

/** Returned buffers that are kept for later reads. */
const SPARE_BUFFERS = 4;

/**
 * Turns a byte stream into frames.
 *
 * One BYOB read fills a buffer, whose frames are parsed in place. Control payloads are copied out;
 * data is passed on with its buffer. A size passes its limit before anything is allocated for it,
 * and nothing is read ahead of the caller: not calling `read` pushes back on the peer.
 */
export class FrameReader {
  readonly #source: ReadableStreamBYOBReader;
  readonly #limits: FrameReaderLimits;
  #buffer: Uint8Array<ArrayBuffer> | null = null;
  #position = 0;
  #bufferBytes = IDLE_BUFFER_BYTES;
  #allowsZstd = false;
  readonly #spare: ArrayBuffer[] = [];

  /** The first bytes of a header that straddles two buffers. */
  #header: Uint8Array | null = null;
  #headerLength = 0;
  #partial: PartialFrame | null = null;
  #dataLeft = 0;
  #hasHeader = false;
  /** What was received from the header on that `read` failed at. */
  #refused: Uint8Array<ArrayBuffer> | null = null;

  readonly #deadline: FrameDeadline;
  readonly #tinyFrames = new TinyFrames();

  /** Locks the stream; `limits` override those of `LIMITS`. */
  constructor(
    source: ReadableStream<Uint8Array<ArrayBuffer>>,
    limits: Partial<FrameReaderLimits> = {},
  ) {
    this.#source = source.getReader({ mode: "byob" });
    this.#limits = { ...READER_LIMITS, ...limits };
    this.#deadline = new FrameDeadline(this.#limits);
  }

  /**
   * Reads the next frame or chunk of data; `null` if the stream ended between two frames.
   *
   * @throws {ProtocolError} `too-large` for a size beyond the limit of its type, `truncated` if the
   * stream ends inside a frame; and errors of the source
   */
  async read(): Promise<Frame | null> {
    for (;;) {
      const frame = this.#parse();
      if (frame !== null) return frame;
      if (this.#tinyFrames.takeFlood()) {
        this.#useBuffersOf(IDLE_BUFFER_BYTES);
        await pause(0);
      }
      const buffer = this.#spare.pop() ?? new ArrayBuffer(this.#bufferBytes);
      this.#deadline.startWaiting();
      const { value } = await this.#source.read(new Uint8Array(buffer));
      if (!this.#accept(value)) return null;
    }
  }

  /**
   * What was received in place of the first header: all from the header on that `read` failed at, or a
   * part of one; `null` for neither. It tells what the peer speaks if it speaks no frames.
   */
  get unframedBytes(): Uint8Array | null {
    const part = this.#headerLength > 0 ? this.#header?.subarray(0, this.#headerLength) : null;
    return this.#hasHeader ? null : this.#refused ?? part ?? null;
  }

  /** The same, if a request of HTTP begins there; else `null`. The stream can be read on behind it. */
  get httpBytes(): Uint8Array<ArrayBuffer> | null {
    return this.#refused !== null && looksLikeHttp(this.#refused, 0) ? this.#refused : null;
  }

  /** Returns the buffer of a {@link DataChunk} for later reads; nothing else may use it any more. */
  recycle(buffer: ArrayBuffer): void {
    const isWanted = buffer.byteLength === this.#bufferBytes && this.#spare.length < SPARE_BUFFERS;
    if (isWanted) this.#spare.push(buffer);
    else freeBytes(buffer);
  }

  /** Sets the size of the buffers that are used while data flows. */
  setBufferBytes(bytes: number): void {
    this.#limits.bufferBytes = bytes;
  }

  /** Accepts FZST frames, with the limit of data, from now on: the peer speaks protocol 2. */
  allowZstd(): void {
    this.#allowsZstd = true;
  }

  /** How long a pending `read` has waited for the peer; 0 if none is pending. */
  silentMs(nowMs: number): number {
    return this.#deadline.waitingMs(nowMs);
  }

  /**
   * Whether the peer has begun a frame and exceeds its time limit. Time without a pending `read`
   * does not count.
   *
   * @param nowMs a reading of `performance.now()`
   */
  isOverdue(nowMs: number): boolean {
    return this.#deadline.isOverdue(this.#currentPart(), nowMs);
  }

  /** Cancels the stream; a pending `read` resolves to `null` or throws. Never rejects. */
  async cancel(): Promise<void> {
    await this.#source.cancel().catch(() => {});
  }

  #currentPart(): FramePart {
    if (this.#dataLeft > 0) return "data";
    if (this.#partial !== null) return this.#isZstd(this.#partial.code) ? "data" : "control";
    return this.#headerLength > 0 ? "control" : "nothing";
  }

  /** Makes received bytes the buffer to parse; `false` at the end of the stream. */
  #accept(value: Uint8Array<ArrayBuffer> | undefined): boolean {
    this.#deadline.stopWaiting(this.#currentPart(), value?.length ?? 0);
    if (value === undefined || value.length === 0) {
      if (this.#currentPart() === "nothing") return false;
      throw new ProtocolError("truncated", "Cannot read the frame: the connection ended inside it");
    }
    this.#useBuffersOf(this.#sizeAfter(value.length));
    this.#buffer = value;
    this.#position = 0;
    return true;
  }

  /** Larger buffers after a full read; small ones after a nearly empty read, when the flow is over. */
  #sizeAfter(received: number): number {
    const bytes = this.#bufferBytes;
    if (received === bytes) return Math.min(bytes * 8, this.#limits.bufferBytes);
    return received < IDLE_BUFFER_BYTES ? IDLE_BUFFER_BYTES : bytes;
  }

  #useBuffersOf(bytes: number): void {
    if (bytes === this.#bufferBytes) return;
    this.#bufferBytes = bytes;
    for (const buffer of this.#spare.splice(0)) freeBytes(buffer);
  }

  /** Parses until a frame is complete or the buffer is used up. */
  #parse(): Frame | null {
    // The data payloads of this buffer so far, moved together
    let chunkStart = 0;
    let chunkEnd = 0;
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
        return this.#finishBuffer(buffer, chunkStart, chunkEnd);
      }
      if (this.#dataLeft > 0) {
        const count = Math.min(this.#dataLeft, available);
        if (chunkEnd === chunkStart) chunkStart = chunkEnd = this.#position;
        else buffer.copyWithin(chunkEnd, this.#position, this.#position + count);
        chunkEnd += count;
        this.#position += count;
        this.#dataLeft -= count;
        continue;
      }
      // Data precedes the next frame, as a copy, since the rest of the buffer is still needed
      const frameBegins = this.#readHeader(buffer) && this.#partial !== null;
      if (frameBegins && chunkEnd > chunkStart) {
        return { kind: "data", bytes: buffer.slice(chunkStart, chunkEnd) };
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

  #finishBuffer(buffer: Uint8Array<ArrayBuffer>, start: number, end: number): DataChunk | null {
    if (end > start) return { kind: "data", bytes: buffer.subarray(start, end) };
    this.recycle(buffer.buffer);
    return null;
  }

  /** Reads header bytes; `true` once a header is complete and its frame has begun. */
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

  /** The header at `offset`, and what was received behind it. */
  #unreadFrom(header: Uint8Array, offset: number): Uint8Array<ArrayBuffer> {
    const behind = this.#buffer?.subarray(this.#position) ?? new Uint8Array();
    return concatBytes([header.subarray(offset, offset + HEADER_BYTES), behind]);
  }

  /** Begins the frame whose header lies at `offset`. */
  #begin(bytes: Uint8Array, offset: number): void {
    const { size, code } = readHeader(bytes, offset);
    const isData = code === DATA_TYPE_CODE;
    const limit = isData || this.#isZstd(code) ? this.#limits.dataBytes : this.#limits.controlBytes;
    if (size > BigInt(limit)) {
      this.#refused = this.#unreadFrom(bytes, offset);
      throw new ProtocolError(
        "too-large",
        `Cannot accept the frame: its size is ${size} bytes, at most ${limit} are allowed`,
      );
    }
    this.#hasHeader = true;
    if (isData) {
      this.#dataLeft = Number(size);
      this.#tinyFrames.add(this.#dataLeft);
      this.#deadline.restart();
      return;
    }
    if (this.#isZstd(code)) this.#deadline.restart();
    this.#partial = new PartialFrame(code, Number(size));
  }
}
