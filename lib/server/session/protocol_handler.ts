import type { ProtocolError } from "../../protocol/errors.ts";
import type { Frame } from "../../stream/frames/frame_reader.ts";

/** Handles the frames of a client in one of the two protocols. */
export interface ProtocolHandler {
  /**
   * Handles a frame. Resolves when the next frame may be read.
   *
   * @throws {ProtocolError} if the connection cannot go on
   */
  onFrame(frame: Frame): Promise<void> | void;
  /** The input has ended. */
  onEnd(): void;
  /**
   * Since when the input is blocked by requests that only further input can finish, a reading of
   * `performance.now()`; `null` if it is not blocked.
   */
  readonly stuckSinceMs: number | null;
  /** Whether the peer answers PING. */
  readonly answersPing: boolean;
  /** Whether the client has to log in, and no login is under way. */
  readonly isIdleBeforeLogin: boolean;
  /** Queues the last frame for a client that is kicked, if the protocol has one. */
  sendKicked(notice: string): void;
  /** Cancels the requests: the connection is closed, or about to be. */
  onClosed(): void;
  /** Queues the last frame for a client that has violated the protocol, if it is to get one. */
  sendViolation(error: ProtocolError): void;
  /** Resolves when every request is answered. */
  idle(): Promise<void>;
}
