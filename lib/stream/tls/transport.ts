import { Duplex } from "node:stream";
import { Condition } from "../../async/condition.ts";
import { closeSocket, type Socket } from "../socket.ts";

/** The size of the buffer that an idle connection waits with. */
const IDLE_BYTES = 1024;
const FLOW_BYTES = 64 * 1024;
/** The fatal alert `handshake_failure` as a record (RFC 8446, section 6). */
const HANDSHAKE_FAILURE = new Uint8Array([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);

/**
 * A socket as the stream that the runtime's TLS runs over.
 *
 * The runtime reads without back-pressure (`tests/platform/tls_test.ts`), so this stream applies
 * it: after `hold`, it does not read from the socket before `release`.
 */
export class TlsTransport extends Duplex {
  readonly #socket: Socket;
  #first: Uint8Array | null;
  #buffer = new Uint8Array(IDLE_BYTES);
  #isHeld = false;
  readonly #released = new Condition();
  #isSecured = false;
  #isShutDown = false;
  #isAborted = false;
  /** The last write to the socket. */
  #sending: Promise<void> = Promise.resolve();

  /**
   * Takes ownership of the socket.
   *
   * @param first the bytes that were read from it already
   */
  constructor(socket: Socket, first: Uint8Array) {
    super({ allowHalfOpen: true, readableHighWaterMark: 1 });
    this.#socket = socket;
    this.#first = first;
  }

  /** Marks the handshake as done. A connection that ends before that sends the peer an alert. */
  markSecured(): void {
    this.#isSecured = true;
  }

  /** Stops reading from the socket. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Goes on reading from the socket. */
  release(): void {
    this.#isHeld = false;
    this.#released.notifyAll();
  }

  /** Ends the sending side once everything written so far is sent. Later writes are dropped. */
  async shutDown(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.write(new Uint8Array(0), () => resolve());
    await promise;
    await this.#sending.catch(() => {}); // Its writer got the error
    if (this.destroyed) return; // Closing the socket ends the sending side, too
    this.#isShutDown = true;
    await this.#socket.closeWrite();
  }

  /** Closes at once and drops pending writes. */
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

  /**
   * The runtime destroys the stream once both sides have ended, even while writes are pending: the
   * socket closes after them.
   */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.release();
    const isOver = this.#isAborted || (this.#isSecured && error !== null);
    if (isOver) closeSocket(this.#socket);
    else this.#sendPending().catch(() => {}).finally(() => closeSocket(this.#socket));
    callback(error);
  }

  async #sendPending(): Promise<void> {
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
