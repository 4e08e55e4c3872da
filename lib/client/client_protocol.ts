import type { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import type { FramedConnection } from "../stream/framed_connection.ts";
import type { Frame } from "../stream/frames/frame_reader.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { LendWorker } from "../worker/lent_worker.ts";

/** Handles the frames of a server for one protocol. */
export interface ClientProtocol {
  /** The version of the protocol. */
  readonly version: 1 | 2;
  /** Bytes of cancelled downloads that the server still has to send. */
  readonly unwantedBytes: number;
  /** Whether a request has no complete answer yet. */
  readonly awaitsAnswer: boolean;
  /** How long the server may be silent, in milliseconds. */
  readonly silenceMs: number;
  /**
   * Handles a frame. Resolves when the next one may be read.
   *
   * @throws {ProtocolError} when the connection cannot go on
   */
  onFrame(frame: Frame): Promise<void> | void;
  /** The connection has ended: every pending request fails. */
  onClosed(reason: ConnectionError | ProtocolError): void;
}

/** The connection, as the protocols and the transfers over it use it. */
export interface ConnectionContext {
  readonly connection: FramedConnection;
  /**
   * The worker of this connection, started when it is first needed.
   *
   * @throws {ConnectionError} when the connection has ended
   */
  readonly worker: () => FileWorker;
  /** Lends a worker beside that of the connection, with which it ends. */
  readonly lendWorker: LendWorker;
  /** The server says why it is about to close. */
  readonly onRejection: (error: ConnectionError) => void;
}
