import { ConnectionError } from "../protocol/errors.ts";
import { byteStream } from "./frames/byte_stream.ts";
import { FrameReader } from "./frames/frame_reader.ts";
import type { FrameReaderLimits } from "./frames/frame_reader_limits.ts";
import { FrameWriter } from "./frames/frame_writer.ts";
import { closeSocket, setUpSocket, shutDownAndDrain, type Socket } from "./socket.ts";

/** The limits of a connection that its owner may override. */
export interface ConnectionLimits extends Partial<FrameReaderLimits> {
  /** Control and log bytes that may wait for the peer. */
  readonly outboundBytes?: number;
}

/**
 * A connection, with or without TLS, that reads and writes frames.
 *
 * It owns the socket. When either direction fails or the queue overflows, it closes, once, and
 * calls `onClose` with the reason. Closing ends every wait on it.
 */
export class FramedConnection {
  readonly reader: FrameReader;
  readonly writer: FrameWriter;
  readonly #conn: Socket;
  #closed: { reason: unknown } | null = null;

  /**
   * Takes ownership of the socket.
   *
   * @param onClose called once, with an Error, `"slow-consumer"`, or the reason given to `close`
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

  /** Whether the connection is closed. */
  get isClosed(): boolean {
    return this.#closed !== null;
  }

  /** Gives the socket up without closing it; the caller owns it. What is queued is dropped. */
  release(): Socket {
    this.#closed = { reason: "released" };
    this.writer.abort(new ConnectionError("lost", "The connection has another owner"));
    return this.#conn;
  }

  /** Closes at once and drops queued frames. Repeated calls do nothing. */
  close(reason: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = { reason };
    this.writer.abort(new ConnectionError("lost", "The connection is closed", { cause: reason }));
    closeSocket(this.#conn);
    this.reader.cancel();
    this.onClose(reason);
  }

  /**
   * Closes after the peer has got everything queued: flushes, ends the sending side, and reads on
   * for a moment, because the system discards sent bytes when a socket closes with unread input.
   */
  async closeGracefully(reason: unknown): Promise<void> {
    this.writer.release();
    await this.writer.flushed();
    if (this.#closed !== null) return;
    await shutDownAndDrain(this.#conn);
    this.close(reason);
  }
}
