import { LIMITS } from "../../protocol/limits.ts";
import type { Bandwidth } from "../../stream/bandwidth.ts";
import type { FramedConnection } from "../../stream/framed_connection.ts";
import type { Frame } from "../../stream/frames/frame_reader.ts";
import type { PacedFlow } from "../../stream/paced_flow.ts";
import { sendPing } from "./send_ping.ts";

/** The session of a connection. */
interface PacedSession {
  readonly identity: { readonly id: number };
}

/**
 * Paces the file data of a connection, in both directions. Chat and answers pass by what it sends, and
 * wait behind what it receives: clients upload over connections of their own.
 */
export class SessionPace {
  readonly #bandwidth: Pick<Bandwidth, "sent" | "received">;
  readonly #connection: FramedConnection;
  readonly #session: PacedSession;
  /** Made on demand: most connections move no files. */
  #sent: PacedFlow | null = null;
  #received: PacedFlow | null = null;
  #pingedMs = performance.now();
  #isClosed = false;

  /**
   * Paces what the connection sends from now on.
   *
   * @param session names its client once file data move: all connections of a client share its rate
   */
  constructor(
    bandwidth: Pick<Bandwidth, "sent" | "received">,
    connection: FramedConnection,
    session: PacedSession,
  ) {
    this.#bandwidth = bandwidth;
    this.#connection = connection;
    this.#session = session;
    connection.writer.mayWriteBulk = (bytes) => this.#maySend(bytes);
  }

  /** Resolves when the next frame may be read, after one that was; `null` if that is now. */
  received(frame: Frame): Promise<void> | null {
    const { received } = this.#bandwidth;
    if (frame.kind === "control" || !received.isLimited || this.#isClosed) return null;
    this.#connection.reader.setBufferBytes(received.frameBytes);
    this.#received ??= received.open(`${this.#session.identity.id}`);
    const { length } = frame.kind === "data" ? frame.bytes : frame.payload;
    const passed = this.#received.passed(length);
    if (passed !== null) this.#showLife();
    return passed;
  }

  /** Lets all pass from now on: the connection is closed, or about to be. */
  close(): void {
    this.#isClosed = true;
    this.#sent?.close();
    this.#received?.close();
  }

  #maySend(bytes: number): boolean {
    const { sent } = this.#bandwidth;
    if (!sent.isLimited || this.#isClosed) return true;
    this.#sent ??= sent.open(`${this.#session.identity.id}`, () => this.#connection.writer.wake());
    return this.#sent.admits(bytes);
  }

  /** A PING of the client waits behind its data, for longer than it waits for a sign of life. */
  #showLife(): void {
    const nowMs = performance.now();
    if (nowMs - this.#pingedMs < LIMITS.pingAfterMs) return;
    this.#pingedMs = nowMs;
    sendPing(this.#connection);
  }
}
