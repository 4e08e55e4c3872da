import { pause } from "../async/pause.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { concatBytes } from "../protocol/frames.ts";
import { IDLE_BUFFER_BYTES } from "../stream/frames/frame_reader_limits.ts";
import { closeSocket, type Socket, writeAll } from "../stream/socket.ts";
import { encodeHeader, OPCODE, WsViolation } from "./ws_frames.ts";
import { WsReader } from "./ws_reader.ts";

/** A message up to this size leaves as one write with its header. */
const JOINED_BYTES = 16 * 1024;
const NORMAL_CLOSURE = 1000;
const PROTOCOL_ERROR = 1002;

/**
 * The server's end of a WebSocket as a {@link Socket}: the binary messages of each direction are a
 * stream of bytes.
 *
 * It reads nothing ahead of the caller. Text and rule breaks close the connection with 1002. Once
 * the peer has sent Close, its direction has ended, and so has this one: a browser takes nothing
 * more.
 */
export class WsSocket implements Socket {
  readonly #socket: Socket;
  readonly #reader: WsReader;
  /** What was received ahead of the upgrade. */
  #early: Uint8Array<ArrayBuffer>;
  /** Bytes of the message under way that are still to be written. */
  #messageLeft = 0;
  /** A control frame that waits for the end of the message: the last pong, or Close. */
  #waiting: Uint8Array | null = null;
  /** Writes, of the owner and of control frames, go one after the other. */
  #writing: Promise<unknown> = Promise.resolve();
  #isClosing = false;
  /** Ends the pause of `read` that is under way, or was the last. */
  #pausing: AbortController | null = null;

  /**
   * Takes ownership of the socket.
   *
   * @param early bytes that were read from it behind the handshake
   */
  constructor(socket: Socket, early: Uint8Array<ArrayBuffer>) {
    this.#socket = socket;
    this.#early = early;
    this.#reader = new WsReader({
      onPing: (payload) => this.#sendControl(OPCODE.pong, payload),
      onClose: (payload) => this.#sendClose(payload.slice(0, 2)),
    });
  }

  get remoteAddr(): Deno.Addr {
    return this.#socket.remoteAddr;
  }

  /** That of the connection: a client that sees the certificate binds its login here, too. */
  get serverEndPoint(): Uint8Array | null | undefined {
    return this.#socket.serverEndPoint;
  }

  /** Fills part of `into`; resolves to the number of bytes read, or `null` at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    while (!this.#reader.isClosed) {
      const isFlood = this.#reader.tinyFrames.takeFlood();
      if (isFlood) await this.#letOthersIn();
      const received = await this.#receive(isFlood ? into.subarray(0, IDLE_BUFFER_BYTES) : into);
      if (received === null) return null;
      const count = await this.#process(into.subarray(0, received));
      if (count > 0) return count;
    }
    return null;
  }

  /**
   * Writes some of `bytes`; resolves to their number. Each call begins a message, unless the last one
   * was not written whole.
   */
  write(bytes: Uint8Array): Promise<number> {
    return this.#serially(async () => {
      if (this.#isClosing) throw new ConnectionError("lost", "The WebSocket is closed");
      if (this.#messageLeft === 0) return await this.#begin(bytes);
      return await this.#continue(bytes);
    });
  }

  /** Sends Close: a WebSocket has no end of one direction alone. */
  async closeWrite(): Promise<void> {
    await this.#sendClose(codeBytes(NORMAL_CLOSURE));
  }

  /** Closes both directions at once. */
  close(): void {
    this.#isClosing = true;
    this.#pausing?.abort(); // The stream that reads does not wait for it
    closeSocket(this.#socket);
  }

  async #letOthersIn(): Promise<void> {
    this.#pausing = new AbortController();
    await pause(0, this.#pausing.signal);
  }

  async #receive(into: Uint8Array): Promise<number | null> {
    if (this.#early.length === 0) return await this.#socket.read(into);
    const bytes = this.#early.subarray(0, into.length);
    into.set(bytes);
    this.#early = this.#early.subarray(bytes.length);
    return bytes.length;
  }

  /** @throws {WsViolation} after Close has been sent */
  async #process(bytes: Uint8Array): Promise<number> {
    try {
      return this.#reader.process(bytes);
    } catch (error) {
      if (error instanceof WsViolation) await this.#sendClose(codeBytes(PROTOCOL_ERROR));
      throw error;
    }
  }

  async #begin(bytes: Uint8Array): Promise<number> {
    const header = encodeHeader(OPCODE.binary, bytes.length);
    if (bytes.length > JOINED_BYTES) {
      await writeAll(this.#socket, header);
      this.#messageLeft = bytes.length;
      return await this.#continue(bytes);
    }
    await writeAll(this.#socket, concatBytes([header, bytes]));
    await this.#writeWaiting();
    return bytes.length;
  }

  async #continue(bytes: Uint8Array): Promise<number> {
    const count = await this.#socket.write(bytes.subarray(0, this.#messageLeft));
    this.#messageLeft -= count;
    await this.#writeWaiting();
    return count;
  }

  /** A peer that pings faster than it reads gets the answer to its last ping only. */
  #sendControl(opcode: number, payload: Uint8Array): Promise<void> {
    const isQueued = this.#waiting !== null;
    if (this.#isClosing) return Promise.resolve();
    this.#waiting = concatBytes([encodeHeader(opcode, payload.length), payload]);
    if (isQueued) return Promise.resolve();
    const written = this.#serially(() => this.#writeWaiting());
    return written.catch(() => {}); // The next read or write fails, too
  }

  async #sendClose(payload: Uint8Array): Promise<void> {
    const sent = this.#sendControl(OPCODE.close, payload);
    this.#isClosing = true;
    await sent;
  }

  async #writeWaiting(): Promise<void> {
    if (this.#messageLeft > 0 || this.#waiting === null) return;
    const frame = this.#waiting;
    this.#waiting = null;
    await writeAll(this.#socket, frame);
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work, work);
    this.#writing = result;
    return result;
  }
}

function codeBytes(code: number): Uint8Array {
  return new Uint8Array([code >> 8, code & 255]);
}
