import type { ConnectionError, ProtocolError, RequestErrorCode } from "../protocol/errors.ts";
import type { Frame } from "../stream/frames/frame_reader.ts";
import type { FramedConnection } from "../stream/framed_connection.ts";
import type { FileWorker } from "../worker/file_worker.ts";

/** What one protocol level does with a server's frames. */
export interface ClientProtocol {
  /** Tells the two apart. */
  readonly version: 1 | 2;
  /** Bytes that the server still sends although they are not wanted any more. */
  readonly unwantedBytes: number;
  /** Whether the server owes something. */
  readonly isOwed: boolean;
  /**
   * Takes a frame. Resolves when the next one may be read.
   *
   * @throws {ProtocolError} when the connection cannot go on
   */
  onFrame(frame: Frame): Promise<void> | void;
  /** The connection is over: everything under way fails. */
  onClosed(reason: ConnectionError | ProtocolError): void;
}

/** What a front knows of the connection that it serves. */
export interface ConnectionContext {
  readonly connection: FramedConnection;
  /**
   * The thread of this connection, started when it is first needed.
   *
   * @throws {ConnectionError} when the connection is over
   */
  readonly worker: () => FileWorker;
  /** The server says why it will close; `code` where it tells. */
  readonly onRejection: (message: string, code: RequestErrorCode | null) => void;
}
