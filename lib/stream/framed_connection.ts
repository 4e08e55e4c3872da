import {
  closeSocket,
  formatAddress,
  setUpSocket,
  shutDownAndDrain,
  type Socket,
} from "./socket.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { byteStream } from "./frames/byte_stream.ts";
import { FrameReader, type FrameReaderLimits } from "./frames/frame_reader.ts";
import { FrameWriter } from "./frames/frame_writer.ts";

/** Limits of one connection that its owner may override. */
export interface ConnectionLimits extends Partial<FrameReaderLimits> {
  /** Control and log bytes that may wait for the peer. */
  readonly outboundBytes?: number;
}

/**
 * A connection, with TLS or without, that reads and writes frames.
 *
 * It owns the socket: when either direction fails, or the queue overflows, it closes, once, and
 * `onClose` learns the reason. Every wait on it ends then.
 */
export class FramedConnection {
  readonly reader: FrameReader;
  readonly writer: FrameWriter;
  readonly #conn: Socket;
  #closed: { reason: unknown } | null = null;

  /**
   * Takes the connection over.
   *
   * @param onClose called once, with an Error, `"slow-consumer"`, or what `close` was given
   */
  constructor(
    conn: Socket,
    readonly onClose: (reason: unknown) => void = () => {},
    limits: ConnectionLimits = {},
  ) {
    this.#conn = conn;
    setUpSocket(conn);
    this.reader = new FrameReader(byteStream(conn), limits);
    this.writer = new FrameWriter(conn, {
      onOverflow: () => this.close("slow-consumer"),
      onError: (error) => this.close(error),
    }, limits.outboundBytes);
  }

  /** Whether it is closed, for whatever reason. */
  get isClosed(): boolean {
    return this.#closed !== null;
  }

  /** The address of the peer, IPv4 addresses as such even on a socket for both versions. */
  get remoteAddress(): string {
    return formatAddress(this.#conn.remoteAddr);
  }

  /** Closes at once, dropping what waits. Repeated calls do nothing. */
  close(reason: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = { reason };
    this.writer.abort(new ConnectionError("lost", "The connection is closed", { cause: reason }));
    closeSocket(this.#conn);
    this.reader.cancel();
    this.onClose(reason);
  }

  /**
   * Closes so that the peer gets everything that was queued: flushes, ends the sending side, and
   * reads on for a moment, since closing on unread bytes makes the system discard what was sent.
   */
  async closeGracefully(reason: unknown): Promise<void> {
    await this.writer.flushed();
    if (this.#closed !== null) return;
    await shutDownAndDrain(this.#conn);
    this.close(reason);
  }
}
