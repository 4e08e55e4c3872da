import { ProtocolError } from "../protocol/errors.ts";
import { DATA_TYPE_CODE, HEADER_BYTES, readHeader, typeName } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { FramePace, type FramePart } from "./frame_pace.ts";

/** A whole frame that carries no file data. The payload is the receiver's own. */
export interface ControlFrame {
  readonly kind: "control";
  readonly type: string;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * File data: the payloads of all data frames that stood side by side in one read, moved together;
 * where frames begin and end has no meaning for data. The buffer is the receiver's own, who may
 * give it back with `recycle`.
 */
export interface DataRun {
  readonly kind: "data";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a {@link FrameReader} reads. */
export type Frame = ControlFrame | DataRun;

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
/** Received buffers that are kept for the next reads. */
const SPARE_BUFFERS = 4;
/** A control payload grows by what really arrives, not by what the header promises. */
const FIRST_PAYLOAD_BYTES = 1024;

/** A control frame whose payload is still coming in. */
interface PartialControl {
  readonly type: string;
  readonly size: number;
  payload: Uint8Array<ArrayBuffer>;
  length: number;
}

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
  #spare: ArrayBuffer[] = [];

  /** The beginning of a header that lies across two buffers. */
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerLength = 0;
  #control: PartialControl | null = null;
  #dataLeft = 0;

  readonly #pace: FramePace;

  /** Takes the stream for itself; `limits` overrides the table's. */
  constructor(
    source: ReadableStream<Uint8Array<ArrayBuffer>>,
    limits: Partial<FrameReaderLimits> = {},
  ) {
    this.#source = source.getReader({ mode: "byob" });
    this.#limits = { ...LIMITS, bufferBytes: FLOW_BUFFER_BYTES, ...limits };
    this.#pace = new FramePace(this.#limits);
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
      if (!await this.#fill()) return null;
    }
  }

  /** Gives the buffer of a {@link DataRun} back for later reads. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#bufferBytes && this.#spare.length < SPARE_BUFFERS) {
      this.#spare.push(buffer);
    }
  }

  /**
   * Whether the peer has begun a frame and takes longer for it than the limits allow. Time in
   * which nobody called `read` does not count.
   *
   * @param nowMs a reading of `performance.now()`
   */
  isOverdue(nowMs: number): boolean {
    return this.#pace.isOverdue(this.#part(), nowMs);
  }

  /** Ends the stream; a pending `read` resolves to `null` or throws. Never throws itself. */
  async cancel(): Promise<void> {
    await this.#source.cancel().catch(() => {});
  }

  /** What the peer is in the middle of sending. */
  #part(): FramePart {
    if (this.#dataLeft > 0) return "data";
    return this.#headerLength > 0 || this.#control !== null ? "control" : "nothing";
  }

  async #fill(): Promise<boolean> {
    const buffer = this.#spare.pop() ?? new ArrayBuffer(this.#bufferBytes);
    this.#pace.startWaiting();
    const { value, done } = await this.#source.read(new Uint8Array(buffer));
    this.#pace.stopWaiting(this.#part(), value?.length ?? 0);
    if (done || value.length === 0) {
      if (this.#part() === "nothing") return false;
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
      const control = this.#control;
      if (control !== null && this.#copyControl(control, buffer)) {
        this.#control = null;
        return { kind: "control", type: control.type, payload: control.payload };
      }
      const available = buffer.length - this.#position;
      if (available === 0) {
        this.#buffer = null;
        return this.#takeRun(buffer, runStart, runEnd);
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
      // Data goes before the control frame that follows it, as a copy, since the buffer stays
      const controlBegins = this.#readHeader(buffer) && this.#control !== null;
      if (controlBegins && runEnd > runStart) {
        return { kind: "data", bytes: buffer.slice(runStart, runEnd) };
      }
    }
    return null;
  }

  #takeRun(buffer: Uint8Array<ArrayBuffer>, start: number, end: number): DataRun | null {
    if (end > start) return { kind: "data", bytes: buffer.subarray(start, end) };
    this.recycle(buffer.buffer);
    return null;
  }

  /** Takes header bytes; `true` once a header is complete and its frame has begun. */
  #readHeader(buffer: Uint8Array): boolean {
    const start = this.#position;
    if (this.#headerLength === 0) {
      this.#pace.restart();
      if (buffer.length - start >= HEADER_BYTES) {
        this.#position = start + HEADER_BYTES;
        this.#begin(buffer, start);
        return true;
      }
    }
    const end = Math.min(start + HEADER_BYTES - this.#headerLength, buffer.length);
    this.#header.set(buffer.subarray(start, end), this.#headerLength);
    this.#headerLength += end - start;
    this.#position = end;
    if (this.#headerLength < HEADER_BYTES) return false;
    this.#headerLength = 0;
    this.#begin(this.#header, 0);
    return true;
  }

  /** Begins the frame whose header lies at `offset`. */
  #begin(bytes: Uint8Array, offset: number): void {
    const { size, code } = readHeader(bytes, offset);
    const isData = code === DATA_TYPE_CODE;
    const limit = isData ? this.#limits.dataBytes : this.#limits.controlBytes;
    if (size > BigInt(limit)) {
      throw new ProtocolError(
        "too-large",
        `Cannot accept the frame: its size is ${size} bytes, at most ${limit} are allowed`,
      );
    }
    if (isData) {
      this.#dataLeft = Number(size);
      this.#pace.restart();
      return;
    }
    const payload = new Uint8Array(Math.min(Number(size), FIRST_PAYLOAD_BYTES));
    this.#control = { type: typeName(code), payload, length: 0, size: Number(size) };
  }

  /** Copies what is there of the control payload; `true` once it is whole. */
  #copyControl(control: PartialControl, buffer: Uint8Array): boolean {
    const count = Math.min(control.size - control.length, buffer.length - this.#position);
    const needed = control.length + count;
    if (needed > control.payload.length) {
      const grown = new Uint8Array(Math.min(control.size, Math.max(needed, control.length * 2)));
      grown.set(control.payload.subarray(0, control.length));
      control.payload = grown;
    }
    control.payload.set(
      buffer.subarray(this.#position, this.#position + count),
      control.length,
    );
    control.length += count;
    this.#position += count;
    return control.length === control.size;
  }
}
