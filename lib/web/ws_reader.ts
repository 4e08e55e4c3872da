import { TinyFrames } from "../stream/frames/tiny_frames.ts";
import {
  decodeHeader,
  headerLength,
  MAX_CONTROL_BYTES,
  MAX_HEADER_BYTES,
  OPCODE,
  unmask,
  type WsHeader,
  WsViolation,
} from "./ws_frames.ts";

/** The control frames that a {@link WsReader} finds. The payload is reused: copy it. */
export interface WsEvents {
  onPing(payload: Uint8Array): void;
  /** The peer ends the connection. */
  onClose(payload: Uint8Array): void;
}

const NO_FRAME: WsHeader = { opcode: OPCODE.binary, isFinal: true, payloadBytes: 0, mask: 0 };

/**
 * Takes the frames of a WebSocket apart, in place: what remains is the payload of the binary
 * messages as a stream of bytes. Where messages begin and end means nothing.
 */
export class WsReader {
  /** The frames so far. */
  readonly tinyFrames = new TinyFrames();
  readonly #events: WsEvents;
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #headerBytes = 0;
  #frame: WsHeader = NO_FRAME;
  /** The position in the payload of the frame. */
  #position = 0;
  readonly #control = new Uint8Array(MAX_CONTROL_BYTES);
  /** Whether a message goes on in the next data frame. */
  #isInMessage = false;
  #isClosed = false;

  /** Calls `events` from `process`. */
  constructor(events: WsEvents) {
    this.#events = events;
  }

  /** Whether the peer has ended the connection; what comes behind is dropped. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Turns received bytes into bytes of the stream, from the front of the same buffer.
   *
   * @returns the number of bytes of the stream
   * @throws {WsViolation}
   */
  process(bytes: Uint8Array): number {
    let from = 0;
    let to = 0;
    while (from < bytes.length && !this.#isClosed) {
      const left = this.#frame.payloadBytes - this.#position;
      if (left === 0) {
        from += this.#takeHeader(bytes.subarray(from));
        continue;
      }
      const payload = bytes.subarray(from, from + left);
      unmask(payload, this.#frame.mask, this.#position);
      if (this.#isControl) this.#control.set(payload, this.#position);
      else {
        if (from !== to) bytes.copyWithin(to, from, from + payload.length);
        to += payload.length;
      }
      from += payload.length;
      this.#advance(payload.length);
    }
    return to;
  }

  get #isControl(): boolean {
    return this.#frame.opcode >= OPCODE.close;
  }

  /** Takes bytes of a header, and begins the frame if it is whole; returns their number. */
  #takeHeader(bytes: Uint8Array): number {
    let taken = 0;
    while (this.#headerBytes < headerLength(this.#header, this.#headerBytes)) {
      if (taken === bytes.length) return taken;
      this.#header[this.#headerBytes++] = bytes[taken++]!;
    }
    this.#headerBytes = 0;
    this.#frame = decodeHeader(this.#header);
    this.tinyFrames.add(this.#frame.payloadBytes);
    this.#position = 0;
    this.#checkOrder();
    if (this.#frame.payloadBytes === 0) this.#advance(0);
    return taken;
  }

  #checkOrder(): void {
    const { opcode, isFinal } = this.#frame;
    if (this.#isControl) return;
    if (opcode === OPCODE.text) throw new WsViolation("Only binary messages are taken");
    if (this.#isInMessage !== (opcode === OPCODE.continuation)) {
      throw new WsViolation("A message is out of place");
    }
    this.#isInMessage = !isFinal;
  }

  #advance(count: number): void {
    this.#position += count;
    const { opcode, payloadBytes } = this.#frame;
    if (this.#position < payloadBytes || !this.#isControl) return;
    const payload = this.#control.subarray(0, payloadBytes);
    this.#frame = NO_FRAME;
    this.#position = 0;
    if (opcode === OPCODE.ping) this.#events.onPing(payload);
    if (opcode !== OPCODE.close) return;
    this.#isClosed = true;
    this.#events.onClose(payload);
  }
}
