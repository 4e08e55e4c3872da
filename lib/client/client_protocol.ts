import type { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import type { Frame } from "../stream/frames/frame_reader.ts";
import type { FramedConnection } from "../stream/framed_connection.ts";
import type { FileWorker } from "../worker/file_worker.ts";

/** Handles the frames of a server for one protocol. */
export interface ClientProtocol {
  /** Tells the two apart. */
  readonly version: 1 | 2;
  /** Bytes that the server still sends although they are not wanted any more. */
  readonly unwantedBytes: number;
  /** Whether the server owes an answer. */
  readonly isOwed: boolean;
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
  /** The server says why it is about to close. */
  readonly onRejection: (error: ConnectionError) => void;
}
