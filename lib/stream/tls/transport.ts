import { Latch } from "../../async/latch.ts";
import { Duplex } from "node:stream";
import { closeSocket, type Socket } from "../socket.ts";

/** What an idle connection waits with. */
const IDLE_BYTES = 1024;
const FLOW_BYTES = 64 * 1024;
/** The fatal alert `handshake_failure` as a record (RFC 8446, section 6). */
const HANDSHAKE_FAILURE = new Uint8Array([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);

/**
 * A socket as the stream that the runtime's TLS runs over.
 *
 * The runtime reads on and on, and cannot be made to wait (`tests/platform/tls_test.ts`). So it is
 * this stream that waits: after `hold`, it reads nothing more from the socket before `release`.
 */
export class TlsTransport extends Duplex {
  readonly #socket: Socket;
  #first: Uint8Array | null;
  #buffer = new Uint8Array(IDLE_BYTES);
  #isHeld = false;
  readonly #released = new Latch();
  #isSecured = false;
  #isShutDown = false;
  #isAborted = false;
  /** The last bytes that were to be sent. */
  #sending: Promise<void> = Promise.resolve();

  /**
   * Takes the socket over.
   *
   * @param first what was read from it already
   */
  constructor(socket: Socket, first: Uint8Array) {
    super({ allowHalfOpen: true, readableHighWaterMark: 1 });
    this.#socket = socket;
    this.#first = first;
  }

  /** The handshake is done. Whatever ends it before that, the peer is told that it failed. */
  secured(): void {
    this.#isSecured = true;
  }

  /** Reads nothing more for now. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Reads on. */
  release(): void {
    this.#isHeld = false;
    this.#released.open();
  }

  /** Ends the sending side once everything before is sent. What is written then is dropped. */
  async shutDown(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.write(new Uint8Array(0), () => resolve());
    await promise;
    await this.#sending.catch(() => {}); // Whoever wrote that was told
    if (this.destroyed) return; // Closing does that, too
    this.#isShutDown = true;
    await this.#socket.closeWrite();
  }

  /** Closes at once, dropping what waits. */
  abort(): void {
    this.#isAborted = true;
    closeSocket(this.#socket);
    this.destroy();
  }

  override _read(): void {
    this.#next().then((bytes) => this.push(bytes), (error) => this.destroy(error));
  }

  override _write(
    chunk: Uint8Array,
    _encoding: string,
    callback: (error?: Error) => void,
  ): void {
    this.#sending = this.#send(chunk);
    this.#sending.then(() => callback(), callback);
  }

  /** The runtime closes it when both sides have ended, whether that is sent or not. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.release();
    const isOver = this.#isAborted || (this.#isSecured && error !== null);
    if (isOver) closeSocket(this.#socket);
    else this.#lastWords().catch(() => {}).finally(() => closeSocket(this.#socket));
    callback(error);
  }

  async #lastWords(): Promise<void> {
    await this.#sending;
    if (!this.#isSecured) await this.#socket.write(HANDSHAKE_FAILURE);
  }

  async #next(): Promise<Uint8Array | null> {
    const first = this.#first;
    this.#first = null;
    if (first !== null) return first;
    while (this.#isHeld) await this.#released.wait();
    const count = await this.#socket.read(this.#buffer);
    if (count === null) return null;
    const bytes = this.#buffer.slice(0, count);
    if (count === this.#buffer.length) this.#buffer = new Uint8Array(FLOW_BYTES);
    else if (count < IDLE_BYTES && this.#buffer.length > IDLE_BYTES) {
      this.#buffer = new Uint8Array(IDLE_BYTES);
    }
    return bytes;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length && !this.#isShutDown;) {
      offset += await this.#socket.write(bytes.subarray(offset));
    }
  }
}
